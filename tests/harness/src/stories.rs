//! Runs stories as tests of one process, so that they share its containers, which go away with it.

use std::future::Future;
use std::pin::Pin;
use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Failed, Trial};

use crate::World;

type Told = Pin<Box<dyn Future<Output = anyhow::Result<()>> + Send>>;

/// A story: its name and what happens in it.
pub struct Story {
    name: &'static str,
    tell: Box<dyn FnOnce(Arc<World>) -> Told + Send>,
}

impl Story {
    /// A story of this name.
    pub fn new<F, Fut>(name: &'static str, tell: F) -> Self
    where
        F: FnOnce(Arc<World>) -> Fut + Send + 'static,
        Fut: Future<Output = anyhow::Result<()>> + Send + 'static,
    {
        Self {
            name,
            tell: Box::new(move |world| Box::pin(tell(world))),
        }
    }
}

/// Tells every story (or those the arguments ask for), two at a time unless told otherwise, and stops the containers.
/// `STORIES` narrows them to some names, with blanks between.
pub fn tell(mut stories: Vec<Story>) -> ExitCode {
    if let Some(names) = std::env::var("STORIES").ok().filter(|names| !names.is_empty()) {
        let names: Vec<&str> = names.split_whitespace().collect();
        stories.retain(|story| names.contains(&story.name));
    }
    let mut arguments = Arguments::from_args();
    arguments.test_threads = arguments.test_threads.or(Some(2));
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => Arc::new(runtime),
        Err(_) => return ExitCode::FAILURE,
    };
    if rustls::crypto::aws_lc_rs::default_provider()
        .install_default()
        .is_err()
    {
        return ExitCode::FAILURE;
    }
    let world = if arguments.list {
        None
    } else {
        Some(runtime.block_on(World::start()))
    };
    let world = match world.transpose() {
        Ok(world) => world.map(Arc::new),
        Err(error) => {
            let failed = format!("the containers did not start: {error:#}");
            let trial = Trial::test("containers_start", move || Err(Failed::from(failed)));
            return libtest_mimic::run(&arguments, vec![trial]).exit_code();
        }
    };
    let trials = stories
        .into_iter()
        .map(|story| trial(story, &runtime, world.as_ref()))
        .collect();
    let conclusion = libtest_mimic::run(&arguments, trials);
    if let Some(world) = world.and_then(Arc::into_inner)
        && let Err(error) = runtime.block_on(world.stop())
    {
        use std::io::Write;
        let _ = writeln!(std::io::stderr(), "the containers did not stop: {error:#}");
        return ExitCode::FAILURE;
    }
    conclusion.exit_code()
}

fn trial(story: Story, runtime: &Arc<tokio::runtime::Runtime>, world: Option<&Arc<World>>) -> Trial {
    let (runtime, world) = (runtime.clone(), world.cloned());
    Trial::test(story.name, move || {
        let world = world.ok_or("no world")?;
        let told = runtime.block_on(async { tokio::spawn((story.tell)(world)).await });
        match told {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(Failed::from(format!("{error:#}"))),
            Err(panic) => Err(Failed::from(panic.to_string())),
        }
    })
}
