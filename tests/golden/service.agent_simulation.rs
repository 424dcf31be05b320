/// Tests agents by letting simulated users talk to them.
///
/// LiveKit Cloud only. A run consists of jobs; in each job a simulated user plays one scenario with
/// the agent, and the conversation is then judged.
#[::livekit_macros::service(package = "livekit", name = "AgentSimulation", accessor = "agent_simulation", client, server)]
pub trait AgentSimulation {
    /// Creates a run, either of given scenarios or of scenarios generated from the agent's source.
    ///
    /// LiveKit Cloud only. Without a `scenario_group`, upload the agent's source with the presigned
    /// request of the response and then call `ConfirmSimulationSourceUpload`.
    ///
    /// Route: `POST /twirp/livekit.AgentSimulation/CreateSimulationRun`. Needs `agent.simulationAdmin`.
    #[rpc(name = "CreateSimulationRun", access(agent(simulation_admin)))]
    fn create_simulation_run(request: crate::proto::simulation_run::create::Request) -> crate::proto::simulation_run::create::Response;

    /// Tells that the agent's source has been uploaded, so that scenarios are generated from it.
    ///
    /// LiveKit Cloud only. Needed for runs that were created without a `scenario_group`.
    ///
    /// Route: `POST /twirp/livekit.AgentSimulation/ConfirmSimulationSourceUpload`. Needs `agent.simulationAdmin`.
    #[rpc(name = "ConfirmSimulationSourceUpload", access(agent(simulation_admin)))]
    fn confirm_simulation_source_upload(request: crate::proto::simulation_run::confirm_source_upload::Request) -> crate::proto::simulation_run::confirm_source_upload::Response;

    /// Returns one run with its jobs, metrics and summary.
    ///
    /// LiveKit Cloud only. Call it again until `status` is completed, failed or cancelled.
    ///
    /// Route: `POST /twirp/livekit.AgentSimulation/GetSimulationRun`. Needs `agent.simulationAdmin`.
    #[rpc(name = "GetSimulationRun", access(agent(simulation_admin)))]
    fn get_simulation_run(request: crate::proto::simulation_run::get::Request) -> crate::proto::simulation_run::get::Response;

    /// Lists the runs of a project, page by page, optionally filtered.
    ///
    /// LiveKit Cloud only. Listed runs come without `summary_zstd`; `GetSimulationRun` returns it.
    ///
    /// Route: `POST /twirp/livekit.AgentSimulation/ListSimulationRuns`. Needs `agent.simulationAdmin`.
    #[rpc(name = "ListSimulationRuns", access(agent(simulation_admin)))]
    fn list_simulation_runs(request: crate::proto::simulation_run::list::Request) -> crate::proto::simulation_run::list::Response;

    /// Counts the runs in a window of time, for a histogram over their creation time.
    ///
    /// LiveKit Cloud only. Window and filters mean the same as in `ListSimulationRuns`, so the counts
    /// cover exactly the runs that it lists.
    ///
    /// Route: `POST /twirp/livekit.AgentSimulation/CountSimulationRuns`. Needs `agent.simulationAdmin`.
    #[rpc(name = "CountSimulationRuns", access(agent(simulation_admin)))]
    fn count_simulation_runs(request: crate::proto::simulation_run::counts::Request) -> crate::proto::simulation_run::counts::Response;

    /// Cancels a run.
    ///
    /// LiveKit Cloud only. The status of the run becomes `STATUS_CANCELLED`.
    ///
    /// Route: `POST /twirp/livekit.AgentSimulation/CancelSimulationRun`. Needs `agent.simulationAdmin`.
    #[rpc(name = "CancelSimulationRun", access(agent(simulation_admin)))]
    fn cancel_simulation_run(request: crate::proto::simulation_run::cancel::Request) -> crate::proto::simulation_run::cancel::Response;

    /// Derives a scenario from an agent session that took place.
    ///
    /// LiveKit Cloud only. The scenario is not stored on the server: keep the response and pass it in
    /// the `scenario_group` of a run.
    ///
    /// Route: `POST /twirp/livekit.AgentSimulation/CreateScenarioFromSession`. Needs `agent.simulationAdmin`.
    #[rpc(name = "CreateScenarioFromSession", access(agent(simulation_admin)))]
    fn create_scenario_from_session(request: crate::proto::scenario::create_from_session::Request) -> crate::proto::scenario::create_from_session::Response;
}
