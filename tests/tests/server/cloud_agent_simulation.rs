//! Runs of simulated conversations.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use livekit_sdk::proto::simulation_run::{SamplingOptions, Status, counts, create, job};
use livekit_sdk::proto::{Scenario, ScenarioGroup, SimulationMode, SimulationRun, Timestamp};
use livekit_sdk::testing::TestServer;
use livekit_sdk::{LiveKit, TwirpCode};

use crate::support::{both, refused};

fn scenarios(count: usize) -> ScenarioGroup {
    let scenario = |number| Scenario {
        label: format!("case {number}"),
        id: format!("SCN_{number}"),
        instructions: "Order a pizza.".to_owned(),
        agent_expectations: "Takes the order.".to_owned(),
        ..Default::default()
    };
    ScenarioGroup { scenarios: (0..count).map(scenario).collect(), ..Default::default() }
}

async fn create(lk: &LiveKit, agent: &str) -> String {
    let run = lk.agent_simulation().create_simulation_run(()).agent_name(agent).scenario_group(scenarios(2));
    run.await.unwrap().simulation_run_id
}

async fn run(lk: &LiveKit, id: &str) -> SimulationRun {
    lk.agent_simulation().get_simulation_run(id).await.unwrap().run.unwrap()
}

fn ids(runs: &[SimulationRun]) -> Vec<&str> {
    runs.iter().map(|run| &*run.id).collect()
}

/// This much later than now.
fn later(seconds: u64) -> Timestamp {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap() + Duration::from_secs(seconds);
    Timestamp { seconds: i64::try_from(now.as_secs()).unwrap(), nanos: 0 }
}

#[tokio::test]
async fn a_run_of_given_scenarios_has_a_job_for_each_sample() {
    both(async |_, lk| {
        let sampling = SamplingOptions { samples: 3, pass_rate: 0.5 };
        let request = create::Request {
            project_id: "p_1".to_owned(),
            agent_name: "waiter".to_owned(),
            scenario_group: Some(scenarios(2)),
            sampling: Some(sampling),
            num_simulations: 9,
            ..Default::default()
        };
        let created = lk.agent_simulation().create_simulation_run(request).await.unwrap();
        assert_eq!(created.presigned_post_request, None);
        let run = run(&lk, &created.simulation_run_id).await;
        assert_eq!((run.status(), &*run.agent_name, run.num_simulations), (Status::Running, "waiter", 0));
        assert_eq!((run.job_count, run.sampling, &*run.project_id), (6, Some(sampling), "p_1"));
        let samples: Vec<_> = run.jobs.iter().map(|job| (&*job.scenario_id, job.sample)).collect();
        assert_eq!(samples[..4], [("SCN_0", 1), ("SCN_0", 2), ("SCN_0", 3), ("SCN_1", 1)]);
        let job = &run.jobs[5];
        assert_eq!((job.status(), &*job.label), (job::Status::Pending, "case 1"));
        assert_eq!((&*job.instructions, &*job.agent_expectations), ("Order a pizza.", "Takes the order."));
        refused(
            lk.agent_simulation().get_simulation_run(&*run.id).project_id("p_2").await,
            TwirpCode::NotFound,
        );
    })
    .await;
}

#[tokio::test]
async fn a_run_without_scenarios_waits_for_the_source() {
    both(async |_, lk| {
        let simulations = lk.agent_simulation();
        let created = simulations.create_simulation_run(()).num_simulations(5).await.unwrap();
        let id = &*created.simulation_run_id;
        assert!(!created.presigned_post_request.unwrap().url.is_empty());
        let waiting = run(&lk, id).await;
        assert_eq!((waiting.status(), waiting.num_simulations), (Status::PendingUpload, 5));

        refused(simulations.confirm_simulation_source_upload((id, "")).await, TwirpCode::InvalidArgument);
        simulations.confirm_simulation_source_upload((id, "agent.py")).await.unwrap();
        assert_eq!(run(&lk, id).await.status(), Status::Generating);
        let unknown = simulations.confirm_simulation_source_upload(("SR_unknown", "agent.py"));
        refused(unknown.await, TwirpCode::NotFound);
    })
    .await;
}

#[tokio::test]
async fn a_run_is_cancelled_unless_it_is_over() {
    both(async |server, lk| {
        let simulations = lk.agent_simulation();
        let (first, second) = (create(&lk, "waiter").await, create(&lk, "waiter").await);
        let update = |run: &mut SimulationRun| run.jobs[0].set_status(job::Status::Completed);
        server.update_simulation_run(&first, update).unwrap();
        simulations.cancel_simulation_run(&*first).await.unwrap();
        let cancelled = run(&lk, &first).await;
        assert_eq!(cancelled.status(), Status::Cancelled);
        assert!(cancelled.ended_at.is_some());
        let jobs: Vec<_> = cancelled.jobs.iter().map(|job| job.status()).collect();
        assert_eq!(jobs, [job::Status::Completed, job::Status::Cancelled]);

        server.update_simulation_run(&second, |run| run.set_status(Status::Failed)).unwrap();
        simulations.cancel_simulation_run(&*second).await.unwrap();
        assert_eq!(run(&lk, &second).await.status(), Status::Failed);
        refused(simulations.cancel_simulation_run("SR_unknown").await, TwirpCode::NotFound);
        refused(server.update_simulation_run("SR_unknown", |_| ()), TwirpCode::NotFound);
    })
    .await;
}

/// Three runs: by text and nameless, by voice, and one that is over.
async fn three(server: &TestServer, lk: &LiveKit) -> [String; 3] {
    let runs = [create(lk, "").await, create(lk, "waiter").await, create(lk, "waiter").await];
    server.update_simulation_run(&runs[1], |run| run.set_mode(SimulationMode::Audio)).unwrap();
    let end = |run: &mut SimulationRun| {
        run.set_status(Status::Completed);
        run.summary_zstd = vec![1];
    };
    server.update_simulation_run(&runs[2], end).unwrap();
    runs
}

#[tokio::test]
async fn runs_are_listed_by_what_they_are() {
    both(async |server, lk| {
        let simulations = lk.agent_simulation();
        let [text, voice, over] = &three(&server, &lk).await;
        let listed = simulations.list_simulation_runs(()).await.unwrap();
        assert_eq!((ids(&listed.runs), listed.next_page_token), (vec![&**text, voice, over], None));
        assert!(listed.runs[2].summary_zstd.is_empty());
        assert_eq!(run(&lk, over).await.summary_zstd, [1]);

        let list = || simulations.list_simulation_runs(());
        for (filtered, expected) in [
            (list().status(Status::Completed), vec![&**over]),
            (list().agent_name(""), vec![text]),
            (list().agent_name("waiter"), vec![voice, over]),
            (list().mode(SimulationMode::Text), vec![text, over]),
            (list().mode(SimulationMode::Audio), vec![voice]),
            (list().start_time(later(60)), vec![]),
            (list().end_time(later(60)), vec![text, voice, over]),
            (list().project_id("p_other"), vec![]),
        ] {
            assert_eq!(ids(&filtered.await.unwrap().runs), expected);
        }
    })
    .await;
}

#[tokio::test]
async fn runs_come_in_pages() {
    both(async |_, lk| {
        for _ in 0..51 {
            create(&lk, "waiter").await;
        }
        let first = lk.agent_simulation().list_simulation_runs(()).await.unwrap();
        let token = first.next_page_token.unwrap();
        let second = lk.agent_simulation().list_simulation_runs(()).page_token(token).await.unwrap();
        assert_eq!((first.runs.len(), second.runs.len(), second.next_page_token), (50, 1, None));
        assert!(!ids(&first.runs).contains(&&*second.runs[0].id));
    })
    .await;
}

#[tokio::test]
async fn the_counts_are_those_of_the_list() {
    both(async |server, lk| {
        let simulations = lk.agent_simulation();
        three(&server, &lk).await;
        server.advance(Duration::from_secs(2 * 3600));
        create(&lk, "waiter").await;

        let start = Timestamp { seconds: later(0).seconds - 60, nanos: 0 };
        let hours = simulations.count_simulation_runs((start, later(3 * 3600))).await.unwrap();
        assert_eq!(hours.interval.unwrap().seconds, 3600);
        assert_eq!(hours.buckets.iter().map(|bucket| bucket.count).sum::<u64>(), 4);
        assert_eq!(hours.buckets.last().unwrap().count, 1);
        assert!(hours.buckets.is_sorted_by_key(|bucket| bucket.bucket_start.unwrap().seconds));

        let early = simulations.count_simulation_runs((start, later(60))).await.unwrap();
        assert_eq!(early.interval.unwrap().seconds, 60);
        assert_eq!(early.buckets.iter().map(|bucket| bucket.count).sum::<u64>(), 3);
        let over = simulations.count_simulation_runs((start, later(3 * 3600))).status(Status::Completed);
        assert_eq!(over.await.unwrap().buckets[0].count, 1);
        let days = simulations.count_simulation_runs((Timestamp::default(), later(3 * 3600))).await.unwrap();
        assert_eq!(days.interval.unwrap().seconds, 86_400);
        refused(
            simulations.count_simulation_runs(counts::Request::default()).await,
            TwirpCode::InvalidArgument,
        );
    })
    .await;
}

#[tokio::test]
async fn samplings_that_make_no_sense_are_refused() {
    both(async |_, lk| {
        let sampling = |samples, pass_rate| Some(SamplingOptions { samples, pass_rate });
        let group = || Some(scenarios(2));
        for (scenario_group, sampling) in [
            (None, sampling(2, 1.0)),
            (group(), sampling(1, 1.0)),
            (group(), sampling(2, 0.0)),
            (group(), sampling(2, 1.5)),
            (group(), sampling(2, f64::NAN)),
            (group(), sampling(i32::MAX, 1.0)),
        ] {
            let request = create::Request { scenario_group, sampling, ..Default::default() };
            refused(lk.agent_simulation().create_simulation_run(request).await, TwirpCode::InvalidArgument);
        }
    })
    .await;
}

#[tokio::test]
async fn a_session_becomes_a_scenario() {
    both(async |_, lk| {
        let derived = lk.agent_simulation().create_scenario_from_session("RM_1").await.unwrap();
        let scenario = derived.scenario.unwrap();
        assert!(scenario.id.starts_with("SCN_") && scenario.label.contains("RM_1"), "{scenario:?}");
        refused(lk.agent_simulation().create_scenario_from_session("").await, TwirpCode::InvalidArgument);
    })
    .await;
}
