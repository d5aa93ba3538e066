"""A finding: where a document still holds what it does not show."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

__all__ = ["Area", "Category", "Finding"]

Area = tuple[float, float, float, float]
"""Left, bottom, right, top: in points, in the space of the page."""


class Category(StrEnum):
    """How something is concealed, or where else it is held."""

    UNDER_BOX = "text under a box"
    UNDER_PICTURE = "text under a picture"
    REDACT_ANNOTATION = "redact annotation not applied"
    UNDER_ANNOTATION = "text under an annotation"
    UNSEEN = "text that the page does not show"
    OVERPAINTED = "recognised text that the scan does not show"
    SAME_COLOUR = "text in the colour of its background"
    OUTSIDE_CROP = "text outside the crop box"
    CROPPED_PICTURE = "picture with a part out of sight"
    HIDDEN_LAYER = "text in a hidden layer"
    BOOKMARK = "bookmark with concealed words"
    METADATA = "metadata with concealed words"
    EARLIER_REVISION = "text of an earlier revision"
    ATTACHMENT = "attached file"
    BLACK_HIGHLIGHT = "text highlighted in black"
    BLACK_SHADING = "text shaded in black"
    HIDDEN_TEXT = "hidden text"
    WHITE_TEXT = "white text"
    TRACKED_DELETION = "tracked deletion"
    COMMENT = "comment"


@dataclass(frozen=True, slots=True)
class Finding:
    """What is still readable: how, where, and how much of it.

    `page` counts from 1, 0 is none; `part` is a part of a package or of the file. `concealed`
    tells whether it was meant to be out of sight: attached files and comments may be there for
    everyone to read, and pictures be cropped for no reason.
    """

    category: Category
    characters: int
    page: int = 0
    area: Area | None = None
    part: str = ""
    text: str = field(default="", repr=False)
    concealed: bool = True
