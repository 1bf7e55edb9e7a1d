"""Quizzes: questions whose every option explains itself, without scripts, by mouse or keyboard."""

from __future__ import annotations

from typing import Any

from course.markup import inline


def html(questions: list[dict[str, Any]]) -> str:
    """A quiz as HTML: each option is a `details` element that opens on click, Enter or Space."""
    parts = []
    for number, question in enumerate(questions, 1):
        options = "".join(_option(letter, option) for letter, option in zip("ABCDEFGH", question["options"], strict=False))
        parts.append(
            f"<fieldset style='border:1px solid #8888;border-radius:4px;margin:8px 0;padding:8px 12px'>"
            f"<legend><strong>Question {number}</strong></legend><p style='margin:0 0 6px'>{inline(question['question'])}</p>"
            f"{options}</fieldset>"
        )
    return "".join(parts)


def _option(letter: str, option: dict[str, Any]) -> str:
    right = option.get("right") is True
    mark, colour = ("✔ Right.", "#1a7f37") if right else ("✘ Not this one.", "#b35900")
    return (
        f"<details style='margin:2px 0'><summary style='cursor:pointer'>{letter}. {inline(option['text'])}</summary>"
        f"<div style='border-left:4px solid {colour};padding:2px 10px;margin:4px 0 6px 18px'>"
        f"<strong>{mark}</strong> {inline(option['why'])}</div></details>"
    )


def text(questions: list[dict[str, Any]]) -> str:
    """A quiz as plain text, without the answers."""
    lines = []
    for number, question in enumerate(questions, 1):
        lines.append(f"{number}. {question['question'].strip()}")
        lines += [f"   {letter}. {o['text'].strip()}" for letter, o in zip("ABCDEFGH", question["options"], strict=False)]
    return "\n".join(lines)
