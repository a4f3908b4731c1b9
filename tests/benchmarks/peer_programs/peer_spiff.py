"""The peer SpiffWorkflow: `python peer_spiff.py URL SECONDS` prints the number of finished tasks.

Each command loads the state of a process of three tasks from its row, completes one task and writes
the state back.  It runs in its own virtual environment, so it imports nothing of the project.
"""

import sys
import time
from itertools import pairwise
from uuid import UUID, uuid4

import psycopg
from SpiffWorkflow import TaskState
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer

TASKS = ("open", "submit", "approve")
NODES = ("start", *TASKS, "end")
FLOWS = "".join(
    f'<sequenceFlow id="to_{target}" sourceRef="{source}" targetRef="{target}"/>'
    for source, target in pairwise(NODES)
)
BPMN = f"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
    targetNamespace="http://example.org"><process id="permit" isExecutable="true">
    <startEvent id="start"/>{"".join(f'<manualTask id="{task}" name="{task}"/>' for task in TASKS)}
    <endEvent id="end"/>{FLOWS}</process></definitions>"""
TABLE = "CREATE TABLE IF NOT EXISTS processes (id uuid PRIMARY KEY, state text NOT NULL)"
SAVE = "INSERT INTO processes VALUES (%s, %s) ON CONFLICT (id) DO UPDATE SET state = EXCLUDED.state"


class Permits:
    def __init__(self, db: psycopg.Connection) -> None:
        parser = BpmnParser()
        parser.add_bpmn_str(BPMN.encode())
        self.spec, self.db = parser.get_spec("permit"), db
        self.serializer = BpmnWorkflowSerializer()

    def flow(self) -> int:
        """Complete all tasks of one process; returns their number."""
        process_id = uuid4()
        for task in TASKS:
            self.complete(process_id, task)
        return len(TASKS)

    def complete(self, process_id: UUID, name: str) -> None:
        """One command: load the state, complete the task, save the state."""
        rows = self.db.execute("SELECT state FROM processes WHERE id = %s", (process_id,))
        row = rows.fetchone()
        process = self.serializer.deserialize_json(row[0]) if row else BpmnWorkflow(self.spec)
        process.do_engine_steps()
        (task,) = process.get_tasks(state=TaskState.READY)
        assert task.task_spec.name == name
        task.data.update({"stage": name, "by": "zhao", "note": "as the rules ask"})
        task.run()
        process.do_engine_steps()
        self.db.execute(SAVE, (process_id, self.serializer.serialize_json(process)))


def main(url: str, seconds: float) -> None:
    with psycopg.connect(url, autocommit=True) as db:
        db.execute(TABLE)
        permits = Permits(db)
        for _ in range(7):
            permits.flow()
        count, end = 0, time.perf_counter() + seconds
        while time.perf_counter() < end:
            count += permits.flow()
        print(count)


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
