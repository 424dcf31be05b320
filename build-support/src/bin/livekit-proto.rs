//! Keeps `proto/` in step with upstream.
use livekit_build_support::{merge, print, prune, schema::Schema};
use std::path::Path;
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().collect();
    let upstream = Schema::load(Path::new(&args[1]))?;
    let ours = Schema::load(Path::new(&args[2]))?;
    let (merged, orphans) = merge::merge(&upstream, &ours, false);
    for o in orphans {
        eprintln!("orphan {o}");
    }
    let reachable = prune::Reachable::everything(&merged);
    let out = Path::new(&args[2]);
    for file in merged.files() {
        if !prune::is_kept(&file, &reachable) {
            continue;
        }
        let path = out.join(file.name());
        std::fs::create_dir_all(path.parent().unwrap())?;
        std::fs::write(&path, print::print(&merged, &file, &reachable))?;
    }
    Ok(())
}
