//! Agents that are sent to rooms, and their jobs.

use std::time::Duration;

use livekit_sdk::proto::{
    CreateAgentDispatchRequest, Job, JobRestartPolicy, JobStatus, JobType, RoomAgentDispatch,
};
use livekit_sdk::{LiveKit, TwirpCode};

use crate::support::{both, events, refused};

/// The names of the agents that were sent to a room.
async fn agents(lk: &LiveKit, room: &str) -> Vec<String> {
    let dispatches = lk.agent_dispatch().list_dispatch(room).await.unwrap().agent_dispatches;
    dispatches.into_iter().map(|dispatch| dispatch.agent_name).collect()
}

fn status(job: &Job) -> JobStatus {
    job.state.as_ref().unwrap().status()
}

#[tokio::test]
async fn a_dispatch_creates_the_room_it_needs() {
    both(async |server, lk| {
        let dispatch = lk.agent_dispatch().create_dispatch(("daily", "helper")).metadata("{}");
        let dispatch = dispatch
            .deployment("staging")
            .attributes([("lang", "en")])
            .restart_policy(JobRestartPolicy::JrpNever)
            .await
            .unwrap();
        assert!(dispatch.id.starts_with("AD_") && dispatch.id.len() == 15, "{dispatch:?}");
        assert_eq!((&*dispatch.room, &*dispatch.agent_name, &*dispatch.metadata), ("daily", "helper", "{}"));
        assert_eq!((&*dispatch.deployment, &*dispatch.attributes["lang"]), ("staging", "en"));
        assert_eq!(dispatch.restart_policy(), JobRestartPolicy::JrpNever);
        let room = lk.room().list_rooms(()).await.unwrap().rooms.remove(0);
        let state = dispatch.state.as_ref().unwrap();
        assert_eq!((state.jobs.len(), state.deleted_at), (0, 0));
        // Nanoseconds, of about the same time.
        assert!((state.created_at / 1_000_000 - room.creation_time_ms).abs() < 60_000, "{state:?}");
        assert_eq!((&*room.name, room.empty_timeout), ("daily", 300));
        assert_eq!(events(&server), ["room_started"]);
        assert_eq!(agents(&lk, "daily").await, ["", "helper"]);
    })
    .await;
}

#[tokio::test]
async fn a_room_begins_with_the_dispatches_it_asks_for_or_a_default_one() {
    both(async |_, lk| {
        lk.room().create_room("default").await.unwrap();
        assert_eq!(agents(&lk, "default").await, [""]);
        let agent = RoomAgentDispatch {
            agent_name: "helper".to_owned(),
            metadata: "{}".to_owned(),
            ..Default::default()
        };
        lk.room().create_room("asked").agents([agent]).await.unwrap();
        let asked = lk.agent_dispatch().list_dispatch("asked").await.unwrap().agent_dispatches;
        assert_eq!((asked.len(), &*asked[0].agent_name, &*asked[0].metadata), (1, "helper", "{}"));
        lk.agent_dispatch().create_dispatch(("asked", "")).await.unwrap();
        assert_eq!(agents(&lk, "asked").await, ["helper", ""]);
    })
    .await;
}

#[tokio::test]
async fn dispatches_are_listed_one_by_one_and_deleted() {
    both(async |_, lk| {
        let dispatches = lk.agent_dispatch();
        let first = dispatches.create_dispatch(("daily", "first")).await.unwrap();
        let second = dispatches.create_dispatch(("daily", "second")).await.unwrap();
        let listed = dispatches.list_dispatch("daily").dispatch_id(&*second.id).await.unwrap();
        assert_eq!(listed.agent_dispatches, [second.clone()]);
        let unknown = dispatches.list_dispatch("daily").dispatch_id("AD_unknown").await.unwrap();
        assert_eq!(unknown.agent_dispatches, []);

        assert_eq!(dispatches.delete_dispatch(("daily", &*first.id)).await.unwrap(), first);
        assert_eq!(agents(&lk, "daily").await, ["", "second"]);
        refused(dispatches.delete_dispatch(("daily", &*first.id)).await, TwirpCode::NotFound);
    })
    .await;
}

#[tokio::test]
async fn nobody_answers_for_rooms_that_do_not_exist() {
    both(async |_, lk| {
        let dispatches = lk.agent_dispatch();
        let dispatch = dispatches.create_dispatch(("daily", "helper")).await.unwrap();
        lk.room().delete_room("daily").await.unwrap();
        refused(dispatches.list_dispatch("daily").await, TwirpCode::Unavailable);
        refused(dispatches.delete_dispatch(("daily", &*dispatch.id)).await, TwirpCode::Unavailable);
        lk.room().create_room("daily").await.unwrap();
        assert_eq!(agents(&lk, "daily").await, [""]);
    })
    .await;
}

#[tokio::test]
async fn deployments_have_a_form() {
    both(async |_, lk| {
        let create = |deployment: &str| {
            lk.agent_dispatch().create_dispatch(("daily", "helper")).deployment(deployment)
        };
        let longest = "x".repeat(64);
        for allowed in ["", "staging", "a-b.c", "größer", &longest] {
            assert_eq!(create(allowed).await.unwrap().deployment, allowed);
        }
        let too_long = "x".repeat(65);
        for refusable in ["a_b", "a b", "a\tb", "a\u{7f}", "a\0", &too_long] {
            refused(create(refusable).await, TwirpCode::InvalidArgument);
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_too_large_is_refused_without_meta_and_without_a_room() {
    both(async |_, lk| {
        let of = |metadata: usize, attribute: usize| CreateAgentDispatchRequest {
            room: "daily".to_owned(),
            metadata: "x".repeat(metadata),
            attributes: [("k".to_owned(), "x".repeat(attribute))].into(),
            ..Default::default()
        };
        for request in [of(512 * 1024 + 1, 0), of(0, 64 * 1024)] {
            let error = lk.agent_dispatch().create_dispatch(request).await.unwrap_err();
            assert_eq!(error.code(), Some(&TwirpCode::InvalidArgument), "{error}");
            assert!(error.refusal().unwrap().meta.is_empty(), "{error:?}");
        }
        assert_eq!(lk.room().list_rooms(()).await.unwrap().rooms, []);
        lk.agent_dispatch().create_dispatch(of(512 * 1024, 64 * 1024 - 1)).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_job_runs_until_it_ends() {
    both(async |server, lk| {
        let dispatch = lk.agent_dispatch().create_dispatch(("daily", "helper")).metadata("{}").await.unwrap();
        let job = server.start_agent_job("daily", &dispatch.id).unwrap();
        assert!(job.id.starts_with("AJ_") && job.dispatch_id == dispatch.id, "{job:?}");
        assert_eq!((job.r#type(), status(&job)), (JobType::JtRoom, JobStatus::JsRunning));
        assert_eq!((&*job.agent_name, &*job.metadata), ("helper", "{}"));
        assert_eq!(job.room.as_ref().unwrap().name, "daily");
        let state = job.state.clone().unwrap();
        assert!(state.worker_id.starts_with("AW_") && state.agent_id.starts_with("A_"), "{state:?}");
        assert!(state.started_at >= dispatch.state.unwrap().created_at && state.ended_at == 0, "{state:?}");
        let listed = lk.agent_dispatch().list_dispatch("daily").dispatch_id(&*dispatch.id).await.unwrap();
        assert_eq!(listed.agent_dispatches[0].state.as_ref().unwrap().jobs, [job.clone()]);
        refused(server.start_agent_job("daily", &dispatch.id), TwirpCode::FailedPrecondition);

        server.advance(Duration::from_secs(5));
        let failed = server.end_agent_job(&job.id, Some("out of memory")).unwrap();
        let ended = failed.state.clone().unwrap();
        assert_eq!((ended.status(), &*ended.error), (JobStatus::JsFailed, "out of memory"));
        assert!(ended.ended_at >= state.started_at + 5_000_000_000 && ended.ended_at == ended.updated_at);
        refused(server.end_agent_job(&job.id, None), TwirpCode::FailedPrecondition);

        let again = server.start_agent_job("daily", &dispatch.id).unwrap();
        assert_eq!(status(&server.end_agent_job(&again.id, None).unwrap()), JobStatus::JsSuccess);
        let (started, ended) = ("agent_job_started", "agent_job_ended");
        assert_eq!(events(&server), ["room_started", started, ended, started, ended]);
        assert_eq!(server.webhooks()[2].event.job, Some(Box::new(failed)));
    })
    .await;
}

#[tokio::test]
async fn jobs_end_with_their_dispatch_or_their_room() {
    both(async |server, lk| {
        let first = lk.agent_dispatch().create_dispatch(("daily", "first")).await.unwrap();
        let second = lk.agent_dispatch().create_dispatch(("daily", "second")).await.unwrap();
        let [first_job, second_job] =
            [&first, &second].map(|dispatch| server.start_agent_job("daily", &dispatch.id).unwrap());
        let deleted = lk.agent_dispatch().delete_dispatch(("daily", &*first.id)).await.unwrap();
        assert_eq!(deleted.state.unwrap().jobs, [first_job.clone()]);
        lk.room().delete_room("daily").await.unwrap();
        refused(server.end_agent_job(&second_job.id, None), TwirpCode::NotFound);
        refused(server.start_agent_job("daily", &second.id), TwirpCode::NotFound);

        let webhooks = server.webhooks();
        let ended = webhooks.iter().filter(|sent| sent.event.event == "agent_job_ended");
        let ended: Vec<_> = ended.map(|sent| sent.event.job.clone().unwrap()).collect();
        assert_eq!(ended.iter().map(|job| &job.id).collect::<Vec<_>>(), [&first_job.id, &second_job.id]);
        assert!(ended.iter().all(|job| status(job) == JobStatus::JsSuccess));
        assert_eq!(webhooks.last().unwrap().event.event, "room_finished");
    })
    .await;
}

#[tokio::test]
async fn a_job_needs_a_dispatch() {
    both(async |server, lk| {
        lk.room().create_room("daily").await.unwrap();
        refused(server.start_agent_job("daily", "AD_unknown"), TwirpCode::NotFound);
        refused(server.start_agent_job("weekly", "AD_unknown"), TwirpCode::NotFound);
        refused(server.end_agent_job("AJ_unknown", None), TwirpCode::NotFound);
    })
    .await;
}
