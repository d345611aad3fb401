//! Writes the seeds of every target into `target/corpus/`: the hostile tokens whole and in parts, their keys, and one good
//! assertion and proof.

use std::{fs, io, path::Path};

use gatewright_fuzz::{CLIENT, CORPUS, HTU, ISSUER, NOW, decode, good_claims, second_reading};
use gatewright_token::proof::access_token_hash;

fn main() -> io::Result<()> {
    let corpus = second_reading(CORPUS);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/corpus");
    let write = |target: &str, name: &str, bytes: &[u8]| {
        let folder = folder.join(target);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(name), bytes)
    };
    for case in corpus["cases"].as_array().into_iter().flatten() {
        let (name, token) = (case["id"].as_str(), case["token"].as_str());
        let (Some(name), Some(token)) = (name, token) else {
            continue;
        };
        write("compact", name, token.as_bytes())?;
        let mut parts = token.split('.').map(|part| decode(part.as_bytes()));
        let (header, claims) = (parts.next().flatten(), parts.next().flatten());
        if let Some(header) = &header {
            write("header", name, header)?;
        }
        if let Some(claims) = &claims {
            write("claims", name, claims)?;
        }
        if let (Some(header), Some(claims)) = (header, claims) {
            let both = [&header[..], b"\n", &claims[..]].concat();
            write("assertion", name, &both)?;
            write("proof", name, &both)?;
        }
    }
    write("jwk", "set", corpus["jwks"].to_string().as_bytes())?;
    for (index, key) in corpus["jwks"]["keys"]
        .as_array()
        .into_iter()
        .flatten()
        .enumerate()
    {
        write("jwk", &format!("key-{index}"), key.to_string().as_bytes())?;
        let set = format!(r#"{{"keys":[{key}]}}"#);
        write("jwk", &format!("set-{index}"), set.as_bytes())?;
    }
    write("claims", "good", good_claims().as_bytes())?;
    write(
        "header",
        "good",
        br#"{"alg":"ES256","typ":"at+jwt","kid":"@KID@"}"#,
    )?;
    let assertion = format!(
        r#"{{"alg":"ES256","typ":"JWT"}}
{{"iss":"{CLIENT}","sub":"{CLIENT}","aud":"{ISSUER}","iat":{NOW},"exp":{},"jti":"a"}}"#,
        NOW + 60
    );
    write("assertion", "good", assertion.as_bytes())?;
    let proof = format!(
        r#"{{"typ":"dpop+jwt","alg":"ES256","jwk":@KEY@}}
{{"jti":"p","htm":"POST","htu":"{HTU}","iat":{NOW},"ath":"{}"}}"#,
        access_token_hash("token")
    );
    write("proof", "good", proof.as_bytes())?;
    write("proof", "address", HTU.as_bytes())
}
