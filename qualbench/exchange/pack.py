"""The pack for parent collaborators: a card a theme, in plain words and large print, and a reply slip."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from qualbench.analysis.quotes_linked import linked_quotes, quoted
from qualbench.analysis.quotes_passages import Passage
from qualbench.codebook.tree import CodeEntry
from qualbench.exchange.refi_qda.names import clean
from qualbench.exchange.word_parts import new_document, save
from qualbench.study.database import Study
from qualbench.text.sentences import sentences
from qualbench.text.spans import Span

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph

QUESTIONS = ("Is this right?", "What is missing?")
PRINT = 18  # points of the smallest type
LONG_SENTENCE = 25  # words; a longer one is hard to read

_FONT = "Arial"
_HEADING, _TITLE = 26, 32  # points
_ANSWER = 3.2  # cm of room for an answer
_WIDTHS = (5.2, 11.8)  # cm
_BEGINNING = (
    "We have listened to many people. These cards say what we think we heard.",
    "There is one card for each theme. Each has a few words from people who took part. Nobody is named.",
    "Please tell us: is this right? What is missing? You can write on the reply slip at the end, or tell us.",
    "You can leave out any card. There are no wrong answers.",
)


@dataclass(frozen=True)
class Card:
    """A theme as it is put to parent collaborators.

    Attributes:
        number: As it is counted on the cards.
        id: The id of the theme.
        words: What it is about: its short definition, else its central concept, else its definition; empty
            if it has none.
        quotes: Of people who agreed to be quoted.
    """

    number: int
    id: str
    title: str
    words: str
    quotes: tuple[Passage, ...]

    @property
    def is_hard(self) -> bool:
        """Whether it has no words of its own, or a sentence that is hard to read."""
        spans = sentences(self.words, Span(0, len(self.words)))
        longest = max((len(self.words[a:b].split()) for a, b in spans), default=0)
        return not self.words or longest > LONG_SENTENCE


def theme_cards(study: Study, themes: Sequence[str] = (), *, quotes: int = 2) -> list[Card]:
    """Give a card for each theme.

    Args:
        study: The study; what its coder may not see is left out.
        themes: Ids or labels; none for all themes in use.
        quotes: Of a theme, at most.

    Raises:
        NotFound: If there is no such theme.
    """
    linked = linked_quotes(study)
    book = linked.book
    wanted = [book.find(name) for name in themes] or [e for _, e in book.walk() if e.level == "theme"]
    cards: list[Card] = []
    for n, theme in enumerate(wanted, start=1):
        before = [passage for card in cards for passage in card.quotes]
        chosen = tuple(linked.passages(theme.id, most=quotes, before=before))
        cards.append(Card(n, theme.id, theme.label, _plain(theme), chosen))
    return cards


def write_pack(cards: Sequence[Card], path: Path) -> None:
    """Write the pack as a Word document: a beginning, a card a page, and the reply slip."""
    from docx.shared import Pt

    document = new_document(landscape=False)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = _FONT, Pt(PRINT)
    normal.paragraph_format.line_spacing, normal.paragraph_format.space_after = 1.25, Pt(12)
    _heading(document, "What we think we heard", _TITLE)
    for line in _BEGINNING:
        document.add_paragraph(line)
    for card in cards:
        _write_card(document, card, len(cards))
    _write_slip(document, cards)
    save(document, path)


def _plain(theme: CodeEntry) -> str:
    return theme.short_definition or theme.central_concept or theme.definition


def _write_card(document: Document, card: Card, of: int) -> None:
    from docx.shared import Cm

    number = document.add_paragraph(f"Card {card.number} of {of}")
    number.paragraph_format.page_break_before = True
    _heading(document, card.title, _HEADING)
    if card.words:
        document.add_paragraph(clean(card.words))
    if card.quotes:
        said = document.add_paragraph("People said:")
        said.paragraph_format.keep_with_next = True
    for passage in card.quotes:
        paragraph = document.add_paragraph(clean(quoted(passage)))
        paragraph.paragraph_format.left_indent = Cm(0.8)
        paragraph.paragraph_format.keep_together = True


def _write_slip(document: Document, cards: Sequence[Card]) -> None:
    from docx.enum.table import WD_ROW_HEIGHT_RULE
    from docx.shared import Cm

    first = _heading(document, "Reply slip", _HEADING)
    first.paragraph_format.page_break_before = True
    document.add_paragraph("Write as much or as little as you like. Please do not write names.")
    for n, card in enumerate(cards):
        if n:
            document.add_paragraph()
        table = document.add_table(rows=1 + len(QUESTIONS), cols=2)
        table.style, table.autofit = "Table Grid", False
        for row, texts in zip(table.rows, slip_rows(card), strict=True):
            _keep_whole(row)
            for cell, text, width in zip(row.cells, texts, _WIDTHS, strict=True):
                cell.width = Cm(width)
                cell.paragraphs[0].add_run(clean(text)).bold = True
                cell.paragraphs[0].paragraph_format.keep_with_next = text != QUESTIONS[-1]
        for row in table.rows[1:]:
            row.height, row.height_rule = Cm(_ANSWER), WD_ROW_HEIGHT_RULE.AT_LEAST


def slip_rows(card: Card) -> list[tuple[str, str]]:
    """Give the rows of a card on the slip: what it is known by, then each question with an empty answer."""
    return [(f"Card {card.number} [{card.id}]", card.title), *((question, "") for question in QUESTIONS)]


def _keep_whole(row: object) -> None:
    from docx.oxml import OxmlElement

    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # type: ignore[attr-defined]


def _heading(document: Document, text: str, size: int) -> Paragraph:
    from docx.shared import Pt

    paragraph: Paragraph = document.add_heading(clean(text), 1)
    for run in paragraph.runs:
        run.font.size, run.font.name = Pt(size), _FONT
    paragraph.paragraph_format.space_after = Pt(14)
    return paragraph
