"""Pictures of an environment: base stations, UEs, sensors and queues on their map, ages and splits beside."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.uint8]

_MAP = 320
_SIDE = 200
_MARGIN = 12
# Okabe and Ito's palette: told apart by colour-blind readers, and each kind has a shape of its own.
_UE, _SENSOR, _STATION, _LATE = (0, 114, 178), (0, 158, 115), (40, 40, 40), (213, 94, 0)
_TEXT, _MUTED, _GROUND, _LINE = (30, 30, 30), (110, 110, 110), (250, 250, 248), (205, 205, 200)


def draw(view: dict[str, Any]) -> Picture:
    """:returns: ``uint8 [height, width, 3]``
    :raises ImportError: Pillow is missing
    """
    try:
        from PIL import Image, ImageDraw
    except ImportError as cause:
        raise ImportError("pictures need Pillow: pip install 'metalore[render]'") from cause
    area = view["area"]
    scale = (_MAP - 2 * _MARGIN) / max(area["widthM"], area["heightM"])
    image = Image.new("RGB", (_MAP + _SIDE, _MAP), (255, 255, 255))
    pen = ImageDraw.Draw(image)

    def place(x: float, y: float) -> tuple[float, float]:
        return _MARGIN + x * scale, _MAP - _MARGIN - y * scale

    left, bottom = place(0, 0)
    right, top = place(area["widthM"], area["heightM"])
    pen.rectangle([left, top, right, bottom], fill=_GROUND, outline=_LINE)
    for name, colour in (("sensors", _SENSOR), ("ues", _UE)):
        group = view[name]
        for x, y, cell in zip(group["x"], group["y"], group["cell"], strict=True):
            px, py = place(x, y)
            fill = colour if cell >= 0 else _LINE
            if name == "ues":
                pen.ellipse([px - 4, py - 4, px + 4, py + 4], fill=fill)
            else:
                pen.rectangle([px - 3, py - 3, px + 3, py + 3], fill=fill)
    for cell in view["cells"]:
        px, py = place(cell["xM"], cell["yM"])
        pen.polygon([(px, py - 8), (px - 7, py + 6), (px + 7, py + 6)], fill=_STATION)
    _write_side(pen, view)
    return np.asarray(image, np.uint8).copy()


def _write_side(pen: Any, view: dict[str, Any]) -> None:
    x, y = _MAP + 4, _MARGIN
    metrics = view["metrics"]

    def line(text: str, colour: tuple[int, int, int] = _TEXT) -> None:
        nonlocal y
        pen.text((x, y), text, fill=colour)
        y += 15

    line(f"step {view['step']} of {view['episodeSteps']}")
    line(f"AoSI {_number(metrics['aosi'])} steps")
    line(f"AoRI {_number(metrics['aori'])} steps")
    line(f"served {_number(metrics['served'], 100)} %")
    line(f"reward {_number(metrics['reward'])}")
    y += 6
    for number, cell in enumerate(view["cells"][:6]):
        line(f"cell {number}", _MUTED)
        for label, value in (("bandwidth", cell["rhoC"]), ("compute", cell["rhoP"])):
            pen.text((x, y), label, fill=_MUTED)
            bar = x + 66
            pen.rectangle([bar, y + 2, bar + 120, y + 10], fill=_SENSOR)
            pen.rectangle([bar, y + 2, bar + 120 * value, y + 10], fill=_UE)
            y += 13
        waiting = f"queue: {cell['requestQueue']} requests, {cell['updateQueue']} updates"
        line(waiting, _LATE if cell["requestQueue"] > 20 else _TEXT)
    for colour, label in ((_UE, "users"), (_SENSOR, "sensors")):
        pen.rectangle([x, y + 3, x + 8, y + 11], fill=colour)
        pen.text((x + 13, y), label, fill=_MUTED)
        x += 60


def _number(value: float | None, factor: float = 1.0) -> str:
    return "-" if value is None or value != value else f"{value * factor:.1f}"


class Window:
    """A window that shows pictures, by pygame, as Gymnasium's own environments do."""

    def __init__(self, shape: tuple[int, ...], fps: int) -> None:
        try:
            os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
            import pygame
        except ImportError as cause:
            raise ImportError("render_mode='human' needs pygame: pip install 'metalore[render]'") from cause
        self._pygame = pygame
        pygame.display.init()
        pygame.display.set_caption("MetaLore")
        self._screen = pygame.display.set_mode((shape[1] * 2, shape[0] * 2))
        self._clock = pygame.time.Clock()
        self._fps = fps

    def show(self, picture: Picture) -> None:
        surface = self._pygame.surfarray.make_surface(picture.swapaxes(0, 1))
        self._screen.blit(self._pygame.transform.scale(surface, self._screen.get_size()), (0, 0))
        self._pygame.event.pump()
        self._pygame.display.flip()
        self._clock.tick(self._fps)

    def close(self) -> None:
        self._pygame.display.quit()


def save_gif(path: str | os.PathLike[str], pictures: list[Picture], fps: int = 10) -> Path:
    """Writes pictures as an animation. :raises ImportError: Pillow is missing"""
    from PIL import Image

    frames = [Image.fromarray(picture) for picture in pictures]
    target = Path(path)
    partial = target.with_name(f".{target.name}.partial")
    frames[0].save(partial, "GIF", save_all=True, append_images=frames[1:], duration=round(1000 / fps), loop=0)
    partial.replace(target)
    return target
