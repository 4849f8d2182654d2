import { PerspectiveCamera, Vector3, WebGLRenderer } from 'three';
import { OrbitControls } from 'three/addons/controls/OrbitControls.js';
import type { Colours } from '../../shared/theme.svelte.js';
import { Picture } from '../picture.js';
import type { Scene } from '../scene.js';
import { enterHeadset } from './headset.js';
import type { World } from './world.js';

/** How near to a thing one must point to choose it: pixels, and in a headset over its distance. */
const NEAR_PX = 16;
const NEAR_SHARE = 0.04;
/** Frames slower than this, ms, on average over so many, halve the resolution, down to a share of the screen's. */
const SLOW_MS = 50;
const JUDGED = 20;
const LEAST_RATIO = 0.6;

/** What a stage tells. */
interface StageListeners {
  onChoose(id: string): void;
  /** Frames a second over the last second. */
  onRate(framesPerS: number): void;
}

/** Whether pixels are drawn by a processor: smooth edges would cost it most of its frames. */
function isSoftware(): boolean {
  const context = document.createElement('canvas').getContext('webgl2');
  const info = context?.getExtension('WEBGL_debug_renderer_info');
  const name: unknown = info ? context?.getParameter(info.UNMASKED_RENDERER_WEBGL) : '';
  context?.getExtension('WEBGL_lose_context')?.loseContext();
  return typeof name === 'string' && /swiftshader|llvmpipe|software/i.test(name);
}

/** Draws a world on a canvas, again and again, and lets one walk around it. */
export class Stage {
  readonly #renderer: WebGLRenderer;
  readonly #camera = new PerspectiveCamera(45, 1, 0.05, 1e6);
  readonly #controls: OrbitControls;
  readonly #picture = new Picture();
  #colours: Colours;
  #extentM = 0;
  #ratio = Math.min(2, devicePixelRatio);
  #frames = 0;
  #countedFrom = performance.now();
  #session: XRSession | undefined;

  /** @throws Error the browser cannot draw in space */
  constructor(
    readonly canvas: HTMLCanvasElement,
    readonly world: World,
    readonly scene: Scene,
    readonly chosen: () => string,
    colours: Colours,
    readonly listeners: StageListeners,
  ) {
    this.#renderer = new WebGLRenderer({ canvas, antialias: !isSoftware() });
    this.#renderer.setPixelRatio(this.#ratio);
    this.#colours = colours;
    world.paint(colours);
    this.#controls = new OrbitControls(this.#camera, canvas);
    this.#controls.maxPolarAngle = Math.PI / 2 - 0.02;
    this.#controls.listenToKeyEvents(canvas);
    this.#renderer.setAnimationLoop(() => this.#draw());
  }

  paint(colours: Colours): void {
    this.#colours = colours;
    this.world.paint(colours);
  }

  resize(width: number, height: number): void {
    if (width === 0 || height === 0 || this.#session !== undefined) return;
    this.#renderer.setSize(width, height, false);
    this.#camera.aspect = width / height;
    this.#camera.updateProjectionMatrix();
  }

  /** Chooses the thing that is nearest to a place on the canvas, pixels. */
  choose(x: number, y: number): void {
    const { clientWidth, clientHeight } = this.canvas;
    const at = new Vector3();
    let nearest = NEAR_PX;
    this.#each((id, place) => {
      at.copy(place).project(this.#camera);
      if (at.z > 1) return;
      const distance = Math.hypot(((at.x + 1) / 2) * clientWidth - x, ((1 - at.y) / 2) * clientHeight - y);
      if (distance > nearest) return;
      nearest = distance;
      this.listeners.onChoose(id);
    });
  }

  /** Shows it in a headset until one leaves. */
  async enterHeadset(onEnd: () => void): Promise<void> {
    this.#session = await enterHeadset(
      this.#renderer,
      this.world,
      (from, direction) => this.#chooseAlong(from, direction),
      () => {
        this.#session = undefined;
        onEnd();
      },
    );
  }

  async leaveHeadset(): Promise<void> {
    await this.#session?.end();
  }

  dispose(): void {
    void this.leaveHeadset();
    this.#renderer.setAnimationLoop(null);
    this.#controls.dispose();
    this.world.dispose();
    this.#renderer.dispose();
  }

  #draw(): void {
    const { scene, world } = this;
    const items = this.#picture.draw(scene);
    const { cell, queues } = scene;
    world.draw({ items, count: this.#picture.count, cell, queues, chosen: this.chosen() }, this.#colours);
    if (world.extentM !== this.#extentM) this.#lookAt(world.extentM);
    if (this.#session === undefined) this.#controls.update();
    this.#renderer.render(world.space, this.#camera);
    this.#count();
  }

  /** From the south and above, so that all of it is seen. */
  #lookAt(extentM: number): void {
    this.#extentM = extentM;
    this.#camera.position.set(0, 0.62 * extentM, 0.86 * extentM);
    this.#camera.near = extentM / 1000;
    this.#camera.far = extentM * 20;
    this.#camera.updateProjectionMatrix();
    this.#controls.target.set(0, 0, 0);
    this.#controls.maxDistance = 8 * extentM;
  }

  #count(): void {
    this.#frames++;
    const now = performance.now();
    const ms = now - this.#countedFrom;
    if (ms < 1000) return;
    this.listeners.onRate((1000 * this.#frames) / ms);
    const isSlow = this.#frames >= JUDGED / 4 && ms / this.#frames > SLOW_MS;
    if (isSlow && this.#ratio > LEAST_RATIO && this.#session === undefined) {
      this.#ratio = Math.max(LEAST_RATIO, this.#ratio / 1.4);
      this.#renderer.setPixelRatio(this.#ratio);
    }
    this.#frames = 0;
    this.#countedFrom = now;
  }

  #chooseAlong(from: Vector3, direction: Vector3): void {
    const away = new Vector3();
    let nearest = NEAR_SHARE;
    this.#each((id, place) => {
      away.copy(place).sub(from);
      const along = away.dot(direction);
      if (along <= 0) return;
      const distance = Math.sqrt(Math.max(0, away.lengthSq() - along * along)) / along;
      if (distance > nearest) return;
      nearest = distance;
      this.listeners.onChoose(id);
    });
  }

  #each(visit: (id: string, place: Vector3) => void): void {
    const { world } = this;
    const place = new Vector3();
    for (const { id, xM, yM } of this.#picture.draw(this.scene).slice(0, this.#picture.count)) {
      visit(id, place.set(world.x(xM), world.bodyM, world.z(yM)));
    }
  }
}
