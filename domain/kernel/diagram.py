"""Mermaid state diagrams of the lifecycles; `make docs` writes them into domain/README.md."""

from domain.kernel.lifecycle import Lifecycle, Step


def mermaid(*lifecycles: Lifecycle) -> str:
    """One state diagram, drawn from the rows that also guard the aggregate."""
    lines = ["stateDiagram-v2"]
    for lifecycle in lifecycles:
        lines += [f'    state "{s} {s.label}" as {s}' for s in lifecycle.stages]
        lines += [line for step in lifecycle.steps for line in _arrows(step)]
    return "\n".join(lines)


def _arrows(step: Step) -> list[str]:
    rules = [rule.__name__ for rule in (*step.when, *step.given)]
    label = f"{step.action} / {step.records.__name__}" + (f" [{', '.join(rules)}]" if rules else "")
    return [f"    {source} --> {step.dest or source}: {label}" for source in step.source or ["[*]"]]
