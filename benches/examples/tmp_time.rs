//! t
#![allow(missing_docs, clippy::all, clippy::pedantic, clippy::disallowed_methods, clippy::print_stdout)]
use drainrs::score::*;
fn main() {
    let mut c = Centroid::build(&CentroidConfig::default()).unwrap();
    let w = ["disk","full","user","login","failed","retry","cache","miss","node","lost","write","read","open","socket","thread","lock"];
    let text = |i: usize| (0..10).map(|j| w[(i / 16usize.pow(j % 4) + j as usize * 7) % 16]).collect::<Vec<_>>().join(" ");
    let t = std::time::Instant::now();
    for i in 0..4096 { c.learn_text(text(i)); }
    println!("learn {:?} known {} mem {}", t.elapsed(), c.known_texts(), c.memory());
    let t = std::time::Instant::now();
    let mut s = 0.0; for i in 0..200 { s += c.score_text(text(i * 13)).unwrap().distance; }
    println!("score {:?} each {s}", t.elapsed() / 200);
    let v = c.vectoriser(); let mut b = vec![0.0; 256]; let x = text(77);
    let t = std::time::Instant::now();
    for _ in 0..20000 { v.write_vector(&x, &mut b).unwrap(); }
    println!("vector {:?} {}", t.elapsed() / 20000, b[0]);
}
