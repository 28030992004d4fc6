"""Checklists for a report, filled with what a study can show; the judgement is left to people.

Items 10 to 13 and 16 to 31 of COREQ (Tong et al. 2007: participants, data, analysis, findings), and the
fifteen points of Braun & Clarke (2006) for a good thematic analysis, both in words of our own. Every figure
is computed from the study; where it holds nothing on a point, that is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from qualbench import __version__
from qualbench.analysis import figures
from qualbench.analysis.document import Block, Grid, Heading, Paragraph, blocks_as_markdown
from qualbench.analysis.evidence import Evidence, read_evidence
from qualbench.analysis.frame_events import FrameEvent, frame_events
from qualbench.analysis.participation import participation_evidence
from qualbench.study.database import Study
from qualbench.study.stance import wording

NOTHING = "Nothing recorded."


COREQ = "COREQ, items 10 to 13 and 16 to 31"


@dataclass(frozen=True)
class ChecklistLine:
    """A line of a checklist.

    Attributes:
        number: As the checklist counts.
        topic: What it is about, in a word or two.
        asked: What is asked, in words of our own.
        evidence: What the study shows, a sentence each; `NOTHING` alone where it shows nothing.
    """

    number: int
    topic: str
    asked: str
    evidence: tuple[str, ...]


@dataclass(frozen=True)
class Checklist:
    """A checklist, filled as far as the study can.

    Attributes:
        name: Its name.
        origin: Where it was published.
        left_to_people: What the last column is for, which is empty.
    """

    name: str
    origin: str
    left_to_people: str
    lines: tuple[ChecklistLine, ...]


_COREQ = (
    (10, "Sampling", "How were participants chosen?"),
    (11, "Method of approach", "How were they approached?"),
    (12, "Sample size", "How many took part?"),
    (13, "Non-participation", "How many refused or dropped out, and why?"),
    (16, "Description of sample", "What matters of those who took part?"),
    (17, "Interview guide", "Were questions or a guide prepared, and tried out?"),
    (18, "Repeat interviews", "Was anybody interviewed again, and how many?"),
    (19, "Recording", "Was sound or picture recorded?"),
    (20, "Field notes", "Were notes made during or after the talk?"),
    (21, "Duration", "How long did interviews and groups take?"),
    (22, "Data saturation", "Was it looked at whether new talk brought anything new?"),
    (23, "Transcripts returned", "Did participants get the transcripts, to comment or correct?"),
    (24, "Number of data coders", "How many people coded the data?"),
    (25, "Description of the coding tree", "Is the coding tree described?"),
    (26, "Derivation of themes", "Were themes set beforehand, or developed from the data?"),
    (27, "Software", "Which software, if any, managed the data?"),
    (28, "Participant checking", "Did participants comment on the findings?"),
    (29, "Quotations presented", "Do quotations illustrate the themes, each with its participant?"),
    (30, "Data and findings consistent", "Do the data that are shown bear out the findings?"),
    (31, "Clarity of major themes", "Are the major themes clearly set out?"),
)
_POINTS = (
    (1, "Transcription", "Transcripts are as detailed as needed, and were checked against the recordings."),
    (2, "Coding", "Every item of the data got the same attention."),
    (3, "Coding", "Themes rest on thorough coding of everything, not on a few vivid examples."),
    (4, "Coding", "All passages of each theme were brought together."),
    (5, "Coding", "Themes were held against each other and against the data set."),
    (6, "Coding", "Themes hold together, are consistent, and differ from each other."),
    (7, "Analysis", "The data are interpreted, not only told again."),
    (8, "Analysis", "Extracts bear out what is claimed."),
    (9, "Analysis", "The analysis tells a convincing, ordered story of the data and the topic."),
    (10, "Analysis", "Narrative and extracts are in balance."),
    (11, "Overall", "There was enough time for every phase."),
    (12, "Written report", "The assumptions, and the kind of thematic analysis, are spelt out."),
    (13, "Written report", "What is said to have been done is what was done."),
    (14, "Written report", "Language and concepts fit the position of the analysis."),
    (15, "Written report", "The researcher is shown at work; themes do not just appear."),
)


def checklists(study: Study) -> list[Checklist]:
    """Give both checklists, filled as far as the coder at work may see."""
    evidence, events = read_evidence(study), frame_events(study)
    return [
        Checklist(
            COREQ,
            "Tong, Sainsbury and Craig 2007; the questions in our own words",
            "Page, and comment",
            _lines(_COREQ, {**participation_evidence(study), **_coreq(evidence, events)}),
        ),
        Checklist(
            "Fifteen points for a good thematic analysis",
            "Braun and Clarke 2006; the points in our own words",
            "Judgement",
            _lines(_POINTS, _points(evidence, events)),
        ),
    ]


def checklist_as_markdown(checklist: Checklist) -> str:
    """Write a checklist as a Markdown table, its last column empty."""
    return blocks_as_markdown(checklist_blocks(checklist))


def checklist_blocks(checklist: Checklist) -> list[Block]:
    """Give a checklist as a heading and a table, its last column empty."""
    rows = tuple(
        (str(line.number), line.topic, line.asked, "\n".join(line.evidence), "") for line in checklist.lines
    )
    headers = ("No.", "Item", "What is asked", "What the study shows", checklist.left_to_people)
    return [
        Heading(checklist.name, 1),
        Paragraph(f"{checklist.origin}. Figures are computed from the study; the last column is for people."),
        Grid(headers, rows, (0.05, 0.16, 0.24, 0.37, 0.18)),
    ]


def _lines(
    asked: Sequence[tuple[int, str, str]], evidence: Mapping[int, Iterable[str]]
) -> tuple[ChecklistLine, ...]:
    return tuple(
        ChecklistLine(number, topic, question, tuple(evidence.get(number, ())) or (NOTHING,))
        for number, topic, question in asked
    )


def _coreq(evidence: Evidence, events: Sequence[FrameEvent]) -> dict[int, Iterable[str]]:
    return {
        24: figures.coders(evidence),
        25: figures.tree(evidence),
        26: figures.derivation(evidence, events),
        27: [f"qualbench {__version__}."],
        29: figures.quotations(evidence),
        30: figures.consistency(evidence),
        31: figures.clarity(evidence),
    }


def _points(evidence: Evidence, events: Sequence[FrameEvent]) -> dict[int, Iterable[str]]:
    return {
        1: figures.listening(evidence),
        2: figures.attention(evidence),
        3: figures.spread(evidence),
        4: figures.collated(evidence),
        5: figures.held_against(evidence, events),
        6: figures.clarity(evidence),
        7: figures.interpretation(evidence),
        8: figures.quotations(evidence),
        10: figures.balance(evidence),
        11: figures.time(evidence),
        12: figures.position(evidence),
        13: figures.done(evidence, events),
        14: [f"The study is {wording(evidence.stance).kind}."],
    }
