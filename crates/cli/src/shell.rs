//! `slotwerk completions` and `slotwerk man`: for the shell and the manual.

use crate::args::{Completions, Man};
use crate::context::Context;
use crate::failure::{Answer, Failure, os};
use crate::help;
use crate::output::Output;
use crate::texts;
use clap_mangen::Man as Page;

const PROGRAM: &str = "slotwerk";

/// Writes the script that completes commands and options.
pub(crate) fn completions(context: &Context, args: &Completions) -> Result<Answer, Failure> {
    let mut script = Vec::new();
    let mut command = help::command(context.language);
    clap_complete::generate(args.shell, &mut command, PROGRAM, &mut script);
    written(context, &script)
}

/// Writes the page of the program, or a page for each command into a folder.
pub(crate) fn man(context: &Context, args: &Man) -> Result<Answer, Failure> {
    let command = help::command(context.language);
    if let Some(folder) = &args.folder {
        clap_mangen::generate_to(command, folder).map_err(|error| {
            let reason = os(context, &error);
            Failure::output(context.say(texts::MAN_NOT_WRITTEN, &[&reason])).at(folder, 0, 0)
        })?;
        return Ok(Answer::Yes);
    }
    let mut page = Vec::new();
    // Writing to memory does not fail.
    let _ = Page::new(command).render(&mut page);
    written(context, &page)
}

fn written(context: &Context, text: &[u8]) -> Result<Answer, Failure> {
    let mut output = Output::new(context);
    output.raw(text)?;
    output.finish()?;
    Ok(Answer::Yes)
}
