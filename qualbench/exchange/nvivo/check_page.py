"""CHECK.md: what a person should find in NVivo after opening the project, and what does not travel."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from qualbench.analysis.document import Block, Bullets, Grid, Heading, Paragraph, counted, in_words
from qualbench.analysis.matrix import Matrix
from qualbench.exchange.gates import warning_of_few_people
from qualbench.exchange.nvivo.references import CodeCount, code_counts
from qualbench.exchange.refi_qda.contents import Contents, not_seen, renamed
from qualbench.exchange.refi_qda.elements import users_of
from qualbench.exchange.refi_qda.positions import Convention
from qualbench.exchange.refi_qda.project import Written
from qualbench.study.tables import AGREED

_NOT_THERE = (
    "Queries and matrices: REFI-QDA has none, so a matrix is run again in NVivo.",
    "Whether a theme aggregates the codings below it: tick it for each theme before you compare the matrices "
    "of themes.",
    "Versions of the codebook, reconciliation, who has finished what, the journal: they stay in the study.",
    "Summaries of the framework matrix, marks that a topic was not asked about, exemplars, and whether a "
    "coding is semantic or latent.",
    "Who spoke under which label: the talk of a participant is coded with their case instead.",
    "Links and colours may be lost: NVivo asks for colours when it opens the file.",
)


def check_page(
    contents: Contents, how: Convention, written: Written, matrices: Sequence[Matrix], rows_of_dataset: int
) -> list[Block]:
    """Give the page that the project, once opened in NVivo, can be held against.

    Args:
        contents: What was read of the study.
        how: How the project was written.
        written: What it holds.
        matrices: Those beside it, in NVivo's references.
        rows_of_dataset: How many rows the dataset has.
    """
    layer = contents.main_layer
    counts = code_counts(contents, layer)
    return [
        Heading("What NVivo should show", 1),
        Paragraph(
            "Written to the published schema of REFI-QDA and to conventions measured in projects and "
            "workbooks that NVivo 12.6 for Windows and NVivo for Mac wrote. The project was read back and "
            "checked here, but not opened in NVivo: please do so once, and compare."
        ),
        Heading("In ten steps", 2),
        _steps(contents, written),
        Heading("Numbers", 2),
        _numbers(contents, written, rows_of_dataset),
        *_choices(contents, how),
        Heading(f"Codes, as coded by {_user(layer)}", 2),
        _codes(contents, counts),
        *_overlapping(counts),
        *(block for matrix in matrices for block in _matrix(matrix)),
        *_mapped(contents),
        *_beyond(contents, how),
        Heading("What does not travel", 2),
        Bullets(_NOT_THERE),
    ]


def _steps(contents: Contents, written: Written) -> Block:
    steps = (
        (
            "File > Open > Browse, type REFI-QDA Project; take project.qdpx, tick Import code colors",
            "no error",
        ),
        ("look at Files", counted(written.sources, "file")),
        (
            "open a file, turn on coding stripes",
            "highlights begin and end at words; if they are shifted, export again with --newline lf or --bom",
        ),
        ("look at Codes", f"{counted(written.codes, 'code')}, beside a folder Cases; numbers as below"),
        ("open a code's properties", "its definition in the description, its colour"),
        (
            "look at Cases, open one",
            f"{counted(written.cases, 'case')} with {in_words(contents.attribute_names) or 'no attributes'}; "
            "if they are missing, import classification.xlsx (Mac: .txt) under Classification Sheets",
        ),
        ("look at Sets and Memos", f"sets of sources by stakeholder and timepoint; {written.memos} memos"),
        (
            "Explore > Matrix Coding: codes as rows, attribute values as columns, coded by one user",
            "the numbers of matrices/",
        ),
        ("export that matrix to Excel", "the same layout as the workbooks in matrices/"),
        (
            "if the project cannot be opened: import dataset.xlsx, code automatically by its columns; or "
            "import transcripts/, code automatically by the style Heading 1",
            "codes, cases and quotes without places; or cases with their talk",
        ),
    )
    rows = tuple((str(n), do, see) for n, (do, see) in enumerate(steps, start=1))
    return Grid(("", "do", "you should see"), rows, (0.05, 0.45, 0.5))


def _numbers(contents: Contents, written: Written, rows_of_dataset: int) -> Block:
    by_layer = Counter(one.layer for codings in contents.codings.values() for one in codings)
    rows = [
        ("files", str(written.sources)),
        ("codes", str(written.codes)),
        ("cases", str(written.cases)),
        ("memos", str(written.memos)),
        ("users", str(written.users)),
        *((f"codings by {_user(layer)}", str(by_layer[layer])) for layer in contents.layers),
        ("rows of dataset.xlsx", str(rows_of_dataset)),
    ]
    return Grid(("what", "number"), tuple(rows), (0.6, 0.4))


def _choices(contents: Contents, how: Convention) -> Iterator[Block]:
    yield Heading("How it is written", 2)
    mark = "with" if how.mark else "without"
    users = [_user(user) for user in users_of(contents)]
    yield Bullets(
        (
            f"Profile {how.profile}. {how.sentence} Texts are in UTF-8 {mark} a byte order mark.",
            f"Users: {in_words(users)}. All numbers below are of {_user(contents.main_layer)} alone. How "
            "NVivo counts the same words coded by two users is not known here: to compare to the last "
            f"reference, export again with --layers {contents.main_layer}.",
            "A reference is a stretch of text with the code, within the column if there is one; stretches of "
            "one file that overlap or adjoin are one. The matrices of qualbench count codings, or passages, "
            "once for each participant, so their numbers differ.",
            *not_seen(contents.left_out),
        )
    )


def _codes(contents: Contents, counts: dict[str, CodeCount]) -> Block:
    rows = tuple(
        (
            f"{'— ' * place.depth}{contents.code_names[place.entry.id]}",
            str(counts[place.entry.id].files),
            str(counts[place.entry.id].references),
        )
        for place in contents.places
    )
    return Grid(("code", "files", "references"), rows, (0.7, 0.15, 0.15))


def _overlapping(counts: dict[str, CodeCount]) -> Iterator[Block]:
    joined = sum(one.codings - one.references for one in counts.values())
    if joined:
        yield Paragraph(f"{counted(joined, 'coding')} more overlap or adjoin another of the same code.")


def _matrix(matrix: Matrix) -> Iterator[Block]:
    name = matrix_file(matrix)
    yield Heading(name, 2)
    columns = [", ".join(column) for column in matrix.columns]
    lines = tuple((label, *map(str, cells)) for label, cells in zip(matrix.rows, matrix.cells, strict=True))
    yield Grid(("", *columns), lines, (0.4, *([0.6 / len(columns)] * len(columns))))
    if warning := warning_of_few_people(matrix):
        yield Paragraph(warning)


def matrix_file(matrix: Matrix) -> str:
    """Give the name of the workbook of a matrix, such as themes_by_stakeholder_and_timepoint.xlsx."""
    rows = matrix.counts.rpartition(" ")[2]
    return f"{rows}_by_{'_and_'.join(name.lower() for name in matrix.attributes)}.xlsx"


def _mapped(contents: Contents) -> Iterator[Block]:
    rows = tuple(renamed(contents))
    if rows:
        yield Heading("Names that NVivo does not take", 2)
        yield Paragraph('It allows none of \\ / : * ? " < > | in a name; a ~ stands for each.')
        yield Grid(("what", "here", "in NVivo"), rows, (0.2, 0.4, 0.4))


def _beyond(contents: Contents, how: Convention) -> Iterator[Block]:
    rows = tuple(
        (contents.source_names[source.summary.name], str(beyond))
        for source in contents.sources
        if (beyond := sum(character > "\uffff" for character in source.text))
    )
    if rows:
        unit = "as two, as NVivo for Windows counts them" if how.for_nvivo else "as one"
        yield Heading("Emoji and other characters beyond 16 bits", 2)
        yield Paragraph(
            f"They are counted {unit}. Whether NVivo for Mac does is not known: look at the highlights after "
            "one of them."
        )
        yield Grid(("file", "characters"), rows, (0.7, 0.3))


def _user(layer: str) -> str:
    return "Agreed" if layer == AGREED else layer
