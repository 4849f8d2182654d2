import { WebSocket } from 'ws';
import { protocolsOf } from '../http/socket.js';

/** What pages were sent. */
export interface PagesReport {
  readonly pages: number;
  /** Frames a second of a page, on average. */
  readonly framesPerS: number;
  /** Of a page. */
  readonly bytesPerS: number;
  /** Pages whose connection ended. */
  readonly closed: number;
}

/** Pages that show everything, as far as the server is concerned: they take every frame, and draw none. */
export class Pages {
  readonly #sockets: WebSocket[];
  readonly #start = performance.now();
  #frames = 0;
  #bytes = 0;
  #closed = 0;

  /**
   * @param http URL of the sub-metaverse's HTTP face
   * @param token what it asks for, if it does
   */
  constructor(http: string, token: string | undefined, count: number) {
    const url = `${http.replace(/^http/, 'ws')}/api/live/stream`;
    this.#sockets = Array.from({ length: count }, () => {
      const socket = new WebSocket(url, protocolsOf(token), { perMessageDeflate: false });
      socket.on('message', (frame: Buffer) => {
        this.#frames++;
        this.#bytes += frame.length;
      });
      socket.on('error', () => undefined); // it closes
      socket.on('close', () => this.#closed++);
      return socket;
    });
  }

  /** Closes them all. */
  end(): PagesReport {
    const pages = this.#sockets.length;
    const pageSeconds = Math.max(1, pages) * ((performance.now() - this.#start) / 1000);
    const [framesPerS, bytesPerS, closed] = [
      this.#frames / pageSeconds,
      this.#bytes / pageSeconds,
      this.#closed,
    ];
    for (const socket of this.#sockets) socket.terminate();
    return { pages, framesPerS, bytesPerS, closed };
  }
}
