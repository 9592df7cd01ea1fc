//! A password manager that knows `passwordrules` and nothing of policies:
//! <https://developer.apple.com/password-rules/>.
#![allow(unreachable_pub)]

/// What one attribute asks for.
pub struct Rules {
    minimum: usize,
    maximum: usize,
    run: usize,
    required: Vec<Vec<char>>,
    allowed: Vec<char>,
}

impl Rules {
    /// Panics at anything that is not in the grammar.
    pub fn parse(text: &str) -> Self {
        let mut rules = Self {
            minimum: 0,
            maximum: usize::MAX,
            run: usize::MAX,
            required: Vec::new(),
            allowed: Vec::new(),
        };
        let mut rest = text;
        while let Some((name, value)) = rest.split_once(": ") {
            let (value, after) = value.split_at(end_of_value(value));
            rest = after.strip_prefix(';').unwrap().trim_start();
            match name {
                "minlength" => rules.minimum = value.parse().unwrap(),
                "maxlength" => rules.maximum = value.parse().unwrap(),
                "max-consecutive" => rules.run = value.parse().unwrap(),
                "required" => rules.required.push(characters(value)),
                "allowed" => rules.allowed.extend(characters(value)),
                other => panic!("no property {other} in {text}"),
            }
        }
        assert_eq!(rest, "", "{text}");
        assert!(rules.minimum <= rules.maximum, "{text}");
        assert!(rules.required.len() <= rules.minimum, "{text}");
        // What is required is allowed too; where nothing is said, printing ASCII is.
        for set in &rules.required {
            rules.allowed.extend(set);
        }
        if rules.allowed.is_empty() {
            rules.allowed.extend(' '..='~');
        }
        rules.allowed.sort_unstable();
        rules.allowed.dedup();
        rules
    }

    /// One of the passwords that these rules leave possible, of the shortest length as likely as not.
    pub fn password(&self, seed: u64) -> String {
        let mut draw = Draw(seed);
        let length = match draw.below(4) {
            0 | 1 => self.minimum,
            2 => self.minimum + draw.below((self.maximum - self.minimum).min(12) + 1),
            _ => self.minimum + draw.below(self.maximum - self.minimum + 1),
        };
        let mut password: Vec<char> = Vec::new();
        // One of each set, and then anything, each put in where it makes no run too long.
        for set in &self.required {
            self.put_in(set, &mut password, &mut draw);
        }
        while password.len() < length {
            self.put_in(&self.allowed, &mut password, &mut draw);
        }
        password.into_iter().collect()
    }

    fn put_in(&self, set: &[char], password: &mut Vec<char>, draw: &mut Draw) {
        for _ in 0..1_000 {
            let place = draw.below(password.len() + 1);
            password.insert(place, set[draw.below(set.len())]);
            let longest = password.chunk_by(|a, b| a == b).map(<[char]>::len).max();
            if longest <= Some(self.run) {
                return;
            }
            password.remove(place);
        }
        panic!("no room for one of {set:?} in {password:?}");
    }
}

/// A value ends at the first semicolon that is not in brackets.
fn end_of_value(text: &str) -> usize {
    let mut at = 0;
    loop {
        let rest = &text[at..];
        let bracket = rest.find('[').unwrap_or(rest.len());
        let semicolon = rest.find(';').unwrap();
        if semicolon < bracket {
            return at + semicolon;
        }
        at += bracket + 1 + end_of_brackets(&rest[bracket + 1..]) + 1;
    }
}

/// The first closing bracket, or the second of two in a row: a bracket may be the last of the characters.
fn end_of_brackets(text: &str) -> usize {
    let end = text.find(']').unwrap();
    end + usize::from(text[end + 1..].starts_with(']'))
}

/// The characters of a list of classes.
fn characters(mut list: &str) -> Vec<char> {
    let mut characters: Vec<char> = Vec::new();
    loop {
        if let Some(custom) = list.strip_prefix('[') {
            let (own, after) = custom.split_at(end_of_brackets(custom));
            assert!(
                !own.is_empty() && own.chars().all(|c| (' '..='~').contains(&c)),
                "{own}"
            );
            assert!(
                own.rfind('-').is_none_or(|at| at == 0),
                "a hyphen that does not stand first is ignored"
            );
            characters.extend(own.chars());
            list = &after[1..];
        } else {
            let end = list.find(',').unwrap_or(list.len());
            match &list[..end] {
                "upper" => characters.extend('A'..='Z'),
                "lower" => characters.extend('a'..='z'),
                "digit" => characters.extend('0'..='9'),
                "ascii-printable" => characters.extend(' '..='~'),
                other => panic!("no class {other}"),
            }
            list = &list[end..];
        }
        match list.strip_prefix(", ") {
            Some(more) => list = more,
            None => break,
        }
    }
    assert_eq!(list, "");
    characters
}

/// SplitMix64 (Steele, Lea and Flood 2014): good enough to draw test data.
struct Draw(u64);

impl Draw {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % u64::try_from(n).unwrap()).unwrap()
    }
}
