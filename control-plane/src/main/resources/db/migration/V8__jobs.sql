-- Jobs that one server at a time does, as db-scheduler keeps them; used on PostgreSQL only.

CREATE TABLE scheduled_tasks (
    task_name            TEXT NOT NULL,
    task_instance        TEXT NOT NULL,
    task_data            ${bytes},
    execution_time       ${time} NOT NULL,
    picked               ${boolean} NOT NULL,
    picked_by            TEXT,                                   -- the server that is at work
    last_success         ${time},
    last_failure         ${time},
    consecutive_failures INTEGER,
    last_heartbeat       ${time},                                -- when that server was last heard of
    version              ${int64} NOT NULL,
    priority             INTEGER,
    PRIMARY KEY (task_name, task_instance)
) ${strict};

CREATE INDEX scheduled_tasks_due ON scheduled_tasks (execution_time);
CREATE INDEX scheduled_tasks_heartbeat ON scheduled_tasks (last_heartbeat);
