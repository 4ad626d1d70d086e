"""The strip of a lesson: its question, the answers to choose from, large Run and Step, and what the runs have shown."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from optlab.gui.theme import restyle
from optlab.gui.tutor import EXPLAIN, PREDICT, WAIT, Tutor
from optlab.i18n import tr


class LessonStrip(QFrame):
    """Shows the tutor's step; clicks go to the tutor and to the commands of the window."""

    def __init__(self, tutor: Tutor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tutor, self._projected = tutor, False
        self.setProperty("role", "card")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._make_children()
        self._lay_out()
        self.set_projected(False)
        tutor.changed.connect(self.refresh)

    def _make_children(self) -> None:
        self._place = QLabel(self, textFormat=Qt.TextFormat.PlainText)
        restyle(self._place, role="muted")
        self._ask = QLabel(self, textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        self._said = QLabel(self, textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        self._said.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._explain = QLabel(self, textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        self.answers: list[QPushButton] = []
        self.run, self.step = QPushButton(tr("Run"), self), QPushButton(tr("Step"), self)
        self.go_on, self.leave = QPushButton(self), QPushButton(self)
        self.all_lessons = QPushButton(tr("All lessons…"), self)
        self.report = QPushButton(tr("Save a report…"), self)
        for button in (self.leave, self.all_lessons, self.report):
            restyle(button, role="quiet")
        self.all_lessons.clicked.connect(self._tutor.choose)
        self.report.clicked.connect(self._tutor.notes.export)
        large = ((self._ask, True), (self._said, True), (self.run, True), (self.step, False), (self.go_on, True))
        for widget, strong in large:
            restyle(widget, large=True, strong=strong)
        self.go_on.clicked.connect(self._tutor.go_on)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self._place)
        head.addStretch(1)
        head.addWidget(self.report)
        head.addWidget(self.all_lessons)
        head.addWidget(self.leave)
        self._offers, row = QHBoxLayout(), QHBoxLayout()
        self._offers.addStretch(1)
        row.addWidget(self._said, 1)
        for widget in (self.run, self.step, self.go_on):
            row.addWidget(widget)
        self._rows = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._rows.addLayout(self._offers)
        self._rows.addLayout(row, 1)
        for line in (self._offers, row, self._rows):
            line.setSpacing(8)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 6, 14, 10)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self._ask)
        column.addWidget(self._explain)
        column.addLayout(self._rows)

    def set_projected(self, on: bool) -> None:
        """Put the large answers of a lecture hall above the other buttons, and drop them once the right one is told."""
        self._projected, direction = on, QBoxLayout.Direction
        self.all_lessons.setVisible(not on)
        self._rows.setDirection(direction.TopToBottom if on else direction.LeftToRight)
        self.leave.setText(tr("Leave projector mode (Esc)") if on else tr("Open the whole lab (Esc)"))
        self.refresh()

    def refresh(self) -> None:
        """Show where the lesson stands."""
        tutor = self._tutor
        self.setVisible(tutor.lesson is not None)
        if tutor.lesson is None:
            return
        step, phase = tutor.step, tutor.phase
        texts = {"n": tutor.place + 1, "of": len(tutor.lesson.steps), "question": tr(tutor.lesson.question)}
        self._place.setText(tr("Lesson · {question} · step {n} of {of}", **texts))
        self._ask.setText(tr(step.ask))
        self._ask.setVisible(bool(step.ask))
        self._offer(step.answers)
        told = phase == EXPLAIN
        self._said.setText(self._compared() if told else tr("Runs go …") if phase == WAIT else "")
        self._explain.setText(tr(step.explain))
        self._explain.setVisible(told)
        self.run.setText(tr("Run again") if told else tr("Run"))
        for button in (self.run, self.step):
            button.setEnabled(phase != PREDICT)
        restyle(self.run, primary=phase != PREDICT and not told)
        self.go_on.setText(tr("Next step") if not tutor.last else tr("Next lesson"))
        self.go_on.setVisible(told)
        restyle(self.go_on, primary=told)
        self.report.setVisible(told and tutor.last and not self._projected)

    def _offer(self, answers: tuple[str, ...]) -> None:
        """A button for every answer; the chosen one is pressed, and after the runs the right one is marked."""
        tutor, told = self._tutor, self._tutor.phase == EXPLAIN
        if [button.property("answer") for button in self.answers] != list(answers):
            for button in self.answers:
                self._offers.removeWidget(button)
                button.hide()  # it goes later
                button.deleteLater()
            self.answers = [self._button(answer, place) for place, answer in enumerate(answers)]
        for button in self.answers:
            answer = button.property("answer")
            chosen = answer == tutor.answer
            button.setChecked(chosen)
            button.setVisible(not (told and self._projected))
            button.setText(f"{'✓ ' if told and answer == tutor.step.right else ''}{tr(answer)}")
            button.setEnabled(not tutor.answer or chosen or (told and answer == tutor.step.right))

    def _button(self, answer: str, place: int) -> QPushButton:
        button = QPushButton(self)
        button.setCheckable(True)
        button.setProperty("answer", answer)
        restyle(button, large=True)
        button.clicked.connect(lambda: self._tutor.predict(self._tutor.answer or answer))
        self._offers.insertWidget(place, button)
        if place == 0:
            button.setFocus()
        return button

    def _compared(self) -> str:
        step, answer = self._tutor.step, self._tutor.answer
        if not step.right:
            return ""
        if answer == step.right:
            return tr("You said {answer}, and so it is.", answer=tr(answer))
        return tr("You said {answer}. It is: {right}.", answer=tr(answer), right=tr(step.right))
