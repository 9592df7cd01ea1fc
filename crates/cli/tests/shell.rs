//! Completions for shells, and the manual.

use crate::support::{Scratch, run};
use std::fs;

#[test]
fn completions_know_commands() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let ran = run(&["completions", shell]);
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{shell}");
        for word in ["calibrate", "each-line", "after-restore"] {
            assert!(ran.out.contains(word), "{shell}: {word}");
        }
    }
    let ran = run(&["completions", "bsh"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.contains("did you mean bash?"), "{}", ran.err);
}

#[cfg(unix)]
#[test]
fn bash_reads_its_completions() {
    let script = run(&["completions", "bash"]).out;
    let scratch = Scratch::new();
    let file = scratch.file("completions.bash", &script);
    let complete = format!(
        "source {file}; COMP_WORDS=(slotwerk keys ro); COMP_CWORD=2; _slotwerk slotwerk ro keys; echo ${{COMPREPLY[*]}}"
    );
    let bash = std::process::Command::new("bash")
        .args(["-c", &complete])
        .output();
    assert_eq!(String::from_utf8(bash.unwrap().stdout).unwrap(), "rotate\n");
}

#[test]
fn each_command_has_a_page() {
    let page = run(&["man"]);
    assert_eq!((page.code, page.err.as_str()), (Some(0), ""));
    assert!(page.out.contains(".TH slotwerk 1"), "{}", page.out);
    assert!(page.out.contains("Exit codes"), "{}", page.out);
    let scratch = Scratch::new();
    let folder = scratch.path("man1");
    let ran = run(&["man", &folder]);
    assert_eq!(ran.code, Some(4), "no folder: {}", ran.err);
    assert!(ran.err.contains("manual cannot be written"), "{}", ran.err);
    fs::create_dir(&folder).unwrap();
    let ran = run(&["--lang", "nl", "man", &folder]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    let page = fs::read_to_string(format!("{folder}/slotwerk-keys-rotate.1")).unwrap();
    assert!(page.contains("Voorbeelden:"), "{page}");
}
