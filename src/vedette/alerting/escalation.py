"""Steps that follow while nobody acknowledges."""

from __future__ import annotations

from vedette.alerting.document import Escalation, EscalationStep
from vedette.errors import BadData


def check_escalation(escalation: Escalation) -> None:
    """Raises BadData with the place of what is wrong."""
    before_ms = -1
    for number, step in enumerate(escalation.steps):
        if not step.receivers and not step.schedules:
            raise BadData(f"steps[{number}]: it names neither receivers nor schedules")
        if step.after_ms <= before_ms:
            raise BadData(f"steps[{number}].after_ms: it must be more than that of the step before")
        before_ms = step.after_ms


def due_steps(escalation: Escalation, done: int, waited_ms: int) -> tuple[EscalationStep, ...]:
    """Steps whose time has come, of which the first `done` have been taken."""
    return tuple(step for step in escalation.steps[done:] if step.after_ms <= waited_ms)


def next_step_ms(escalation: Escalation, done: int) -> int | None:
    """How long after the beginning the next step is due; None after the last."""
    return escalation.steps[done].after_ms if done < len(escalation.steps) else None
