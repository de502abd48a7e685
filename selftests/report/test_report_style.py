"""The report's colours can be read, in both modes and in print."""

import re
from importlib.resources import files

import pytest

STYLES = files("golive.report") / "templates" / "css"
TEXT = ("ink", "soft", "link", "good", "bad", "open", "person", "quiet")
GROUND = ("paper", "tint", "bad-tint", "open-tint")


def palettes() -> dict[str, dict[str, str]]:
    """The colours by mode: light, dark and print name the same ones."""
    base, media = ((STYLES / name).read_text(encoding="utf-8") for name in ("base.css.j2", "media.css.j2"))
    blocks = re.findall(r":root \{(.*?)\}", base + media, flags=re.DOTALL)
    return {
        mode: dict(re.findall(r"--([\w-]+): (#\w+)", block))
        for mode, block in zip(("light", "dark", "print"), blocks, strict=True)
    }


def luminance(colour: str) -> float:
    """Relative luminance as WCAG defines it."""
    digits = colour.removeprefix("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    channels = (int(digits[start : start + 2], 16) / 255 for start in (0, 2, 4))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("mode", ["light", "dark", "print"])
def test_every_text_colour_has_enough_contrast_on_every_ground(mode: str) -> None:
    """WCAG 2.2 AA: 4.5 to 1."""
    palette = palettes()[mode]
    for text in TEXT:
        for ground in GROUND:
            light, dark = sorted((luminance(palette[text]), luminance(palette[ground])), reverse=True)
            assert (light + 0.05) / (dark + 0.05) >= 4.5, f"{text} on {ground}"
