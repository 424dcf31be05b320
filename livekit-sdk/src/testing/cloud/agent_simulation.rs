//! Runs of simulated conversations. Nobody converses: what comes of a run is for the test to say.

use std::collections::BTreeMap;

use crate::error::{Refusal, Result as SdkResult};
use crate::proto::scenario::create_from_session;
use crate::proto::simulation_run::{
    Job, Status, cancel, confirm_source_upload, counts, create, get, job, list,
};
use crate::proto::well_known::{Duration, Timestamp};
use crate::proto::{Scenario, ScenarioGroup, SimulationMode, SimulationRun};
use crate::server::{Context, Router};
use crate::services::agent_simulation::{AgentSimulation, AgentSimulationServer};
use crate::testing::clock::Now;
use crate::testing::refusals::{invalid, not_found};
use crate::testing::world::World;
use crate::testing::{TestServer, id};

use super::page::page;
use super::{missing, require, timestamp, upload};

/// Jobs of a run. LiveKit's limit depends on the project.
const MAX_JOBS: usize = 1000;

/// Buckets of a histogram, above which they are made longer.
const MAX_BUCKETS: i64 = 100;

/// The runs in the order in which they were created.
#[derive(Default)]
pub(super) struct Records {
    runs: Vec<SimulationRun>,
}

impl Records {
    /// A run of the project. A request that names no project means that of its token, the only one here.
    fn get_mut(&mut self, project_id: &str, id: &str) -> Result<&mut SimulationRun, Refusal> {
        require("simulation_run_id", id)?;
        let mut runs = self.runs.iter_mut();
        let found = runs.find(|run| run.id == id && is_of(run, project_id));
        found.ok_or_else(|| not_found("requested simulation run does not exist"))
    }
}

fn is_of(run: &SimulationRun, project_id: &str) -> bool {
    project_id.is_empty() || run.project_id == project_id
}

/// Which runs are listed, or counted.
struct Filter {
    project_id: String,
    status: Option<i32>,
    start: Option<Timestamp>,
    end: Option<Timestamp>,
    agent_name: Option<String>,
    mode: Option<i32>,
}

impl Filter {
    fn lets_pass(&self, run: &SimulationRun) -> bool {
        let created = run.created_at.as_ref().map(instant);
        is_of(run, &self.project_id)
            && self.status.is_none_or(|status| run.status == status)
            && self.start.as_ref().is_none_or(|start| created >= Some(instant(start)))
            && self.end.as_ref().is_none_or(|end| created < Some(instant(end)))
            && self.agent_name.as_ref().is_none_or(|name| run.agent_name == *name)
            && self.mode.is_none_or(|wanted| mode(run.mode) == mode(wanted))
    }
}

/// Seconds and nanoseconds, which are compared in this order.
fn instant(time: &Timestamp) -> (i64, i32) {
    (time.seconds, time.nanos)
}

/// A mode that is not specified means text.
fn mode(mode: i32) -> i32 {
    if mode == SimulationMode::Unspecified as i32 { SimulationMode::Text as i32 } else { mode }
}

impl TestServer {
    /// Changes what the server knows of a simulation run, to the status, jobs and metrics that it is to have.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> livekit_sdk::Result<()> {
    /// use livekit_sdk::proto::simulation_run::Status;
    /// use livekit_sdk::testing::TestServer;
    ///
    /// let server = TestServer::new();
    /// let simulations = server.livekit().agent_simulation();
    /// let id = simulations.create_simulation_run(()).await?.simulation_run_id;
    ///
    /// server.update_simulation_run(&id, |run| run.set_status(Status::Completed))?;
    /// let run = simulations.get_simulation_run(&*id).await?.run.unwrap_or_default();
    /// assert_eq!(run.status(), Status::Completed);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `not_found` if there is no such run.
    pub fn update_simulation_run(&self, id: &str, update: impl FnOnce(&mut SimulationRun)) -> SdkResult<()> {
        self.world().with(|store| store.cloud.simulations.get_mut("", id).map(update))?;
        Ok(())
    }
}

pub(super) fn router(world: &World) -> Router {
    AgentSimulationServer::router(Handlers(world.clone()))
}

struct Handlers(World);

impl AgentSimulation for Handlers {
    async fn create_simulation_run(
        &self,
        _: Context,
        request: create::Request,
    ) -> Result<create::Response, Refusal> {
        let jobs = jobs(&request)?;
        let run = self.0.with(|store| {
            let run = run(request, jobs, store.now);
            store.cloud.simulations.runs.push(run.clone());
            run
        });
        let needs_source = run.status() == Status::PendingUpload;
        Ok(create::Response {
            simulation_run_id: run.id,
            presigned_post_request: needs_source.then(upload),
            ..Default::default()
        })
    }

    async fn confirm_simulation_source_upload(
        &self,
        _: Context,
        request: confirm_source_upload::Request,
    ) -> Result<confirm_source_upload::Response, Refusal> {
        require("code_entrypoint", &request.code_entrypoint)?;
        self.0.with(|store| {
            let runs = &mut store.cloud.simulations;
            let run = runs.get_mut(&request.project_id, &request.simulation_run_id)?;
            if run.status() == Status::PendingUpload {
                run.set_status(Status::Generating);
            }
            Ok(confirm_source_upload::Response {})
        })
    }

    async fn get_simulation_run(&self, _: Context, request: get::Request) -> Result<get::Response, Refusal> {
        self.0.with(|store| {
            let runs = &mut store.cloud.simulations;
            let run = runs.get_mut(&request.project_id, &request.simulation_run_id)?.clone();
            Ok(get::Response { run: Some(run), ..Default::default() })
        })
    }

    async fn list_simulation_runs(
        &self,
        _: Context,
        request: list::Request,
    ) -> Result<list::Response, Refusal> {
        let list::Request { project_id, status, page_token, start_time, end_time, agent_name, mode, .. } =
            request;
        let filter = Filter { project_id, status, start: start_time, end: end_time, agent_name, mode };
        let listed = |run: &SimulationRun| SimulationRun { summary_zstd: Vec::new(), ..run.clone() };
        let found = self.0.with(|store| {
            let runs = store.cloud.simulations.runs.iter();
            runs.filter(|run| filter.lets_pass(run)).map(listed).collect()
        });
        let (runs, next_page_token) = page(found, page_token.as_ref(), None)?;
        Ok(list::Response { runs, next_page_token, ..Default::default() })
    }

    async fn count_simulation_runs(
        &self,
        _: Context,
        request: counts::Request,
    ) -> Result<counts::Response, Refusal> {
        let counts::Request { project_id, start_time, end_time, status, agent_name, mode, .. } = request;
        let (start, end) =
            (start_time.ok_or_else(|| missing("start_time"))?, end_time.ok_or_else(|| missing("end_time"))?);
        let length = bucket_length(&start, &end);
        let filter = Filter { project_id, status, start: Some(start), end: Some(end), agent_name, mode };
        let mut counts = BTreeMap::<i64, u64>::new();
        self.0.with(|store| {
            let runs = store.cloud.simulations.runs.iter().filter(|run| filter.lets_pass(run));
            for created in runs.filter_map(|run| run.created_at.as_ref()) {
                *counts.entry(created.seconds.div_euclid(length)).or_default() += 1;
            }
        });
        let bucket = |(index, count): (i64, u64)| counts::Bucket {
            bucket_start: Some(Timestamp { seconds: index.saturating_mul(length), nanos: 0 }),
            count,
            ..Default::default()
        };
        let interval = Some(Duration { seconds: length, nanos: 0 });
        Ok(counts::Response {
            buckets: counts.into_iter().map(bucket).collect(),
            interval,
            ..Default::default()
        })
    }

    async fn cancel_simulation_run(
        &self,
        _: Context,
        request: cancel::Request,
    ) -> Result<cancel::Response, Refusal> {
        self.0.with(|store| {
            let runs = &mut store.cloud.simulations;
            let run = runs.get_mut(&request.project_id, &request.simulation_run_id)?;
            if !matches!(run.status(), Status::Completed | Status::Failed | Status::Cancelled) {
                cancel(run, timestamp(store.now));
            }
            Ok(cancel::Response {})
        })
    }

    async fn create_scenario_from_session(
        &self,
        _: Context,
        request: create_from_session::Request,
    ) -> Result<create_from_session::Response, Refusal> {
        require("room_id", &request.room_id)?;
        let room = &request.room_id;
        let scenario = Scenario {
            label: format!("Session in {room}"),
            instructions: format!("Say what the user said in {room}."),
            agent_expectations: format!("The agent does what it did in {room}."),
            id: id::new("SCN_"),
            ..Scenario::default()
        };
        Ok(create_from_session::Response { scenario: Some(scenario), ..Default::default() })
    }
}

/// A new run. One whose scenarios are given needs no source, and runs at once.
fn run(request: create::Request, jobs: Vec<Job>, now: Now) -> SimulationRun {
    let (status, num_simulations) = match request.scenario_group {
        Some(_) => (Status::Running, 0),
        None => (Status::PendingUpload, request.num_simulations),
    };
    SimulationRun {
        // LiveKit's own ids of runs and jobs are not documented.
        id: id::new("SR_"),
        project_id: request.project_id,
        status: status.into(),
        created_at: Some(timestamp(now)),
        job_count: i32::try_from(jobs.len()).unwrap_or(i32::MAX),
        jobs,
        agent_name: request.agent_name,
        scenario_group: request.scenario_group,
        num_simulations,
        concurrency: request.concurrency.unwrap_or_default(),
        mode: request.mode,
        ci: request.ci,
        sampling: request.sampling,
        ..SimulationRun::default()
    }
}

/// The jobs of a run: one for each sample of each scenario.
fn jobs(request: &create::Request) -> Result<Vec<Job>, Refusal> {
    let group = request.scenario_group.as_ref();
    let samples = match &request.sampling {
        None => 1,
        Some(_) if group.is_none() => return Err(invalid("sampling needs a scenario_group")),
        Some(sampling) if sampling.samples < 2 => return Err(invalid("samples should be more than 1")),
        Some(sampling) if !(sampling.pass_rate > 0.0 && sampling.pass_rate <= 1.0) => {
            return Err(invalid("pass_rate should be between 0 and 1"));
        }
        Some(sampling) => sampling.samples,
    };
    let scenarios = group.map(|ScenarioGroup { scenarios, .. }| &**scenarios).unwrap_or_default();
    if usize::try_from(samples).unwrap_or(usize::MAX).saturating_mul(scenarios.len()) > MAX_JOBS {
        return Err(invalid(format!("a run has at most {MAX_JOBS} jobs")));
    }
    let of_scenario = |scenario: &Scenario| {
        let job = Job {
            status: job::Status::Pending.into(),
            instructions: scenario.instructions.clone(),
            agent_expectations: scenario.agent_expectations.clone(),
            label: scenario.label.clone(),
            scenario_id: scenario.id.clone(),
            ..Job::default()
        };
        (1..=samples).map(move |sample| Job { id: id::new("SJ_"), sample, ..job.clone() })
    };
    Ok(scenarios.iter().flat_map(of_scenario).collect())
}

fn cancel(run: &mut SimulationRun, now: Timestamp) {
    run.set_status(Status::Cancelled);
    run.ended_at = Some(now);
    for job in &mut run.jobs {
        if matches!(job.status(), job::Status::Pending | job::Status::Running) {
            job.set_status(job::Status::Cancelled);
            job.ended_at = Some(now);
        }
    }
}

/// Seconds of a bucket: a minute, an hour or a day, whichever suits the window.
fn bucket_length(start: &Timestamp, end: &Timestamp) -> i64 {
    let window = end.seconds.saturating_sub(start.seconds);
    [60, 3_600].into_iter().find(|length| window / length <= MAX_BUCKETS).unwrap_or(86_400)
}
