"""Deciding on the difference at hand, by one key each, and going on to the next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from qualbench.agreement.deciding import Choice, decide, reopen
from qualbench.agreement.items import Item, where_left_off
from qualbench.agreement.outcomes import (
    AGREE_TO_DIFFER,
    BOTH,
    KEEP_A,
    KEEP_B,
    NEITHER,
    OTHER_CODE,
    REDRAW,
)
from qualbench.agreement.queue import find_item
from qualbench.coding.undoing import redo, undo
from qualbench.errors import Conflict, NotFound, Refused
from qualbench.study.journal import newest_event
from qualbench.study.tables import Event
from qualbench.text.spans import Span
from qualbench.tui.screens.code_picker import CodePicker, Picked
from qualbench.tui.screens.entry_editing import EditingEntry
from qualbench.tui.screens.picker import Picker
from qualbench.tui.screens.prompt import Prompt
from qualbench.tui.screens.reconcile_conflict import MINE, DecisionConflict
from qualbench.tui.screens.reconcile_open import OpenComparison
from qualbench.tui.screens.reconcile_redraw import RedrawScreen
from qualbench.tui.screens.reconcile_settle import Settled, SettleForm
from qualbench.tui.widgets.difference_list import label_of


class Deciding(OpenComparison, EditingEntry):
    """The actions that decide, and those that lead to the codebook and back."""

    def at_hand(self) -> Item:
        """Give the difference at hand.

        Raises:
            NotFound: If there is none.
        """
        if self.item is None:
            raise NotFound("There is no difference here.", "f lists all of them, L compares other coders.")
        return self.item

    def at_hand_open(self) -> Item:
        """Give the difference at hand, if it is to be decided.

        Raises:
            NotFound: If there is none.
            Refused: If it is decided.
        """
        item = self.at_hand()
        if item.decision is not None:
            raise Refused(
                f"That is decided: {item.decision.outcome}, by {item.decision.decided_by}.", "R reopens it."
            )
        return item

    # Deciding

    def action_keep_a(self) -> None:
        """Take what A has."""
        self.decide(self.at_hand_open(), KEEP_A)

    def action_keep_b(self) -> None:
        """Take what B has."""
        self.decide(self.at_hand_open(), KEEP_B)

    def action_keep_both(self) -> None:
        """Take both; of one code with other boundaries, the words of either."""
        self.decide(self.at_hand_open(), BOTH)

    def action_keep_neither(self) -> None:
        """Take neither."""
        self.decide(self.at_hand_open(), NEITHER)

    def action_differ(self) -> None:
        """Leave both readings, and note that the two differ."""
        self.decide(self.at_hand_open(), AGREE_TO_DIFFER)

    def action_other_code(self) -> None:
        """Choose a code that neither gave, for the words of either."""
        item = self.at_hand_open()

        def take(picked: Picked | None) -> None:
            if picked is None:
                return
            if len(picked.codes) == 1:
                self.attempt(lambda: self.decide(item, OTHER_CODE, code=picked.codes[0]))
            else:
                self.say("One code is chosen for a difference; c asks again.")

        self.app.push_screen(CodePicker("The code instead", self.book, [], {}, creates=False), take)

    def action_redraw(self) -> None:
        """Select the words that shall have the code."""
        item = self.at_hand_open()
        assert self.source is not None
        codes = item.difference.codes

        def take(words: Span) -> None:
            if len(codes) == 1:
                self.attempt(lambda: self.decide(item, REDRAW, code=codes[0], redrawn=words))
                return

            def with_code(code: str | None) -> None:
                if code is not None:
                    self.attempt(lambda: self.decide(item, REDRAW, code=code, redrawn=words))

            choices = [(code, label_of(self.book, code)) for code in codes]
            self.app.push_screen(Picker("The code of these words", choices), with_code)

        names = " or ".join(f"'{label_of(self.book, code)}'" for code in codes)
        view = self.view
        self.app.push_screen(
            RedrawScreen(self.source, view.codings, item.key.coders, view.at_hand, names, take)
        )

    def action_reason(self) -> None:
        """Write the reason for what is decided next here."""
        self.at_hand_open()

        def keep(reason: str | None) -> None:
            if reason is not None:
                self.reason = reason
                self.show_words()

        self.app.push_screen(Prompt("Why, for what you decide next here", self.reason, "the reason"), keep)

    def decide(
        self, item: Item, outcome: str, *, code: str | None = None, redrawn: Span | None = None
    ) -> None:
        """Decide on a difference for the reason that was written, and go on to the next open one.

        Args:
            item: The difference.
            outcome: One of `agreement.outcomes.OUTCOMES`.
            code: The code, where one is chosen.
            redrawn: The words, where they are redrawn.
        """
        self._decide(item, Choice(outcome, code, (redrawn,) if redrawn is not None else (), self.reason))

    def _decide(self, item: Item, choice: Choice) -> None:
        study, before = self.workbench.study, newest_event(self.workbench.study)
        redrawn = next(iter(choice.redrawn), None)
        try:
            decision = decide(
                study, item.key, choice.outcome, code=choice.code, redrawn=redrawn, reason=choice.reason
            )
        except Conflict:
            self._tell_both(item, choice)
            return
        except NotFound:
            self.reload()  # the codings there have changed meanwhile
            raise
        self.reason = ""
        named = f": '{label_of(self.book, decision.code_chosen)}'" if decision.code_chosen else ""
        said = f"{item.source}: {choice.outcome}{named}; u takes that back."
        if self.note_own_change(before) and self.item is not None and self.item.id == item.id:
            self.replace_item(replace(item, decision=decision, before=()))
            self.go_on(said)
        else:
            self.reload()
            self.say(said)

    def go_on(self, said: str) -> None:
        """Go to the next open difference after the one at hand, and say what happened."""
        further = where_left_off(self.items[self.at + 1 :]) or where_left_off(self.items)
        self.go_to(self.items.index(further) if further is not None else self.at)
        if further is None:
            said = f"{said} {self.what_next()}"
        self.say(said)

    def what_next(self) -> str:
        """Say that nothing listed is left to be decided, and what can be done."""
        left = where_left_off(self.queue.items) if self.queue is not None else None
        if left is not None:
            return "All that is listed is decided; f lists the others."
        return "All are decided. % shows the figures, 5 goes to the codebook to release a version."

    def _tell_both(self, item: Item, choice: Choice) -> None:
        """Show what somebody else has decided meanwhile, and what was to be decided here."""
        study = self.workbench.study
        self.reload()
        theirs = find_item(study, item.id).decision
        if theirs is None:  # and reopened again
            self._decide(item, choice)
            return

        def answer(answered: str | None) -> None:
            if answered == MINE:
                self.attempt(lambda: overrule(theirs.id))
            else:
                self.say(f"{theirs.decided_by}'s decision stands; yours was not saved.")

        def overrule(decision_id: str) -> None:
            reopen(study, decision_id)
            self._decide(item, choice)

        self.app.push_screen(DecisionConflict(self.book, theirs, choice), answer)

    # Taking back

    def action_reopen(self) -> None:
        """Take back the decision here."""
        item = self.at_hand()
        if item.decision is None:
            raise Refused("That is open.", "u takes back your last change.")
        before = newest_event(self.workbench.study)
        reopen(self.workbench.study, item.decision.id)
        said = f"Reopened; it was: {item.decision.outcome}, by {item.decision.decided_by}."
        if self.note_own_change(before):
            self.replace_item(replace(item, decision=None))
            self.show_item()
        else:
            self.reload()
        self.say(said)

    def action_undo(self) -> None:
        """Take back the coder's last change."""
        self._changed_by(undo(self.workbench.study), "Undid")

    def action_redo(self) -> None:
        """Make it again."""
        self._changed_by(redo(self.workbench.study), "Redid")

    def _changed_by(self, event: Event, did: str) -> None:
        """Show what has become of the differences, going to the one that has changed if it is one."""
        self.reload(to_what_changed=True)
        self.say(f"{did}: {event.summary}.")

    def action_settle(self) -> None:
        """Settle together the places where only boundaries differ, by a few words."""
        if self.queue is None:
            self.at_hand()
            return

        def done(settled: Settled | None) -> None:
            if settled is not None:
                self.reload()
                count = len(settled.items)
                self.say(
                    f"{count} boundary {self.words.differences if count != 1 else self.words.difference} "
                    f"settled, taking {settled.told}; u takes that back."
                )

        source = self.item.source if self.item is not None else None
        self.app.push_screen(SettleForm(self.queue.coders, source, self.book), done)

    # The codebook

    def changed(self, sentence: str, code_id: str | None = None) -> None:
        """Show what the codebook has become, and say what happened."""
        self.reload()
        self.say(sentence)

    def action_definition(self) -> None:
        """Change the definition of A's or B's code."""
        self._with_code("Change the definition of", lambda code: self.edit_entry(self.book.by_id[code], {}))

    def action_split(self) -> None:
        """Split A's or B's code."""
        layer = self.workbench.study.coder or ""
        self._with_code("Split", lambda code: self.split_entry(self.book.by_id[code], layer))

    def _with_code(self, what: str, act: Callable[[str], None]) -> None:
        """Do something with the code here, or with the one of two that is chosen."""
        codes = self.at_hand().difference.codes
        if len(codes) == 1:
            act(codes[0])
            return

        def chosen(code: str | None) -> None:
            if code is not None:
                self.attempt(lambda: act(code))

        self.app.push_screen(Picker(what, [(code, label_of(self.book, code)) for code in codes]), chosen)
