"""Pre-trains Armature's encoders on YARN every night (Airflow 3).

Copy to Airflow's dags folder. The task runs deploy/yarn/nightly/run, whose head explains the
settings in /etc/armature/nightly.env. A retry goes on where the last checkpoint stands; clearing
the task of an old day resumes the run of that day.
"""

from __future__ import annotations

from datetime import timedelta

import pendulum
from airflow.exceptions import AirflowFailException, AirflowSkipException, AirflowTaskTimeout
from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

HOME = "/opt/armature"
SETTINGS = "/etc/armature/nightly.env"


class NightlyOperator(BashOperator):
    """Fails for good where calling again is no use: a mistake or divergence (2), an end from outside (143), the deadline."""

    def __init__(self, **settings):
        super().__init__(skip_on_exit_code=[2, 143], **settings)

    def execute(self, context):
        try:
            return super().execute(context)
        except AirflowSkipException as final:
            raise AirflowFailException(f"{final} Not tried again: it would end alike.") from final
        except AirflowTaskTimeout as deadline:
            # On SIGTERM the script ends the application.
            self.on_kill()
            raise AirflowFailException(
                "The night's deadline has passed; the next attempt at this night goes on from its newest checkpoint."
            ) from deadline


with DAG(
    dag_id="armature_nightly",
    doc_md=__doc__,
    schedule="0 22 * * *",
    start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),
    # A night that was missed is not made up for, and two never run at a time.
    catchup=False,
    max_active_runs=1,
    tags=["armature"],
):
    # The folder of a run is the day of the DAG's run, whenever an attempt is made; one that was
    # triggered by hand may have no logical date. Ending the task sends SIGTERM, on which the
    # script ends the application.
    NightlyOperator(
        task_id="pretrain",
        bash_command=(
            f"set -a; . {SETTINGS}; set +a; "
            'export ARMATURE_RUN="${ARMATURE_RUN:-{{ (dag_run.logical_date or dag_run.run_after) | ds }}}"; '
            f"exec {HOME}/deploy/yarn/nightly/run"
        ),
        append_env=True,
        # Not the temporary folder, which is gone before the script can end the application.
        cwd=HOME,
        retries=3,
        retry_delay=timedelta(minutes=10),
        execution_timeout=timedelta(hours=10),
    )
