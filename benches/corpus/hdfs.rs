//! A stream like that of a distributed file system: few statements, long lines, block ids, addresses.

use std::io::Write as _;

use super::random::Random;
use super::shape::fill;

/// Level, component, statement; the most frequent first.
const STATEMENTS: [(&str, &str, &str); 30] = [
    ("INFO", "dfs.DataNode$DataXceiver", "Receiving block {block} src: /{ip}:{port} dest: /{ip}:{port}"),
    (
        "INFO",
        "dfs.FSNamesystem",
        "BLOCK* NameSystem.addStoredBlock: blockMap updated: {ip}:{port} is added to {block} size {big}",
    ),
    ("INFO", "dfs.DataNode$PacketResponder", "PacketResponder {digit} for block {block} terminating"),
    ("INFO", "dfs.DataNode$PacketResponder", "Received block {block} of size {big} from /{ip}"),
    ("INFO", "dfs.FSNamesystem", "BLOCK* NameSystem.allocateBlock: {path}. {block}"),
    ("INFO", "dfs.FSDataset", "Deleting block {block} file {path}"),
    ("INFO", "dfs.FSNamesystem", "BLOCK* NameSystem.delete: {block} is added to invalidSet of {ip}:{port}"),
    ("INFO", "dfs.DataNode$DataXceiver", "{ip}:{port} Served block {block} to /{ip}"),
    ("INFO", "dfs.DataBlockScanner", "Verification succeeded for {block}"),
    ("WARN", "dfs.DataNode$DataXceiver", "{ip}:{port}: Got exception while serving {block} to /{ip}:"),
    (
        "INFO",
        "dfs.DataNode$DataXceiver",
        "writeBlock {block} received exception java.io.IOException: Connection reset by peer",
    ),
    ("INFO", "dfs.DataNode$DataXceiver", "Received block {block} src: /{ip}:{port} dest: /{ip}:{port} of size {big}"),
    ("INFO", "dfs.FSNamesystem", "BLOCK* ask {ip}:{port} to delete {block} {block} {block} {block} {block}"),
    ("INFO", "dfs.FSNamesystem", "BLOCK* ask {ip}:{port} to replicate {block} to datanode(s) {ip}:{port}"),
    ("INFO", "dfs.DataNode", "{ip}:{port} Starting thread to transfer block {block} to {ip}:{port}"),
    ("INFO", "dfs.DataNode$DataTransfer", "{ip}:{port}: Transmitted block {block} to /{ip}:{port}"),
    (
        "WARN",
        "dfs.FSNamesystem",
        "BLOCK* NameSystem.addStoredBlock: Redundant addStoredBlock request received for {block} on {ip}:{port} size {big}",
    ),
    (
        "INFO",
        "dfs.DataNode$PacketResponder",
        "PacketResponder {block} {digit} Exception java.io.IOException: Broken pipe",
    ),
    (
        "INFO",
        "dfs.DataNode$BlockReceiver",
        "Exception in receiveBlock for block {block} java.io.EOFException: while trying to read {num} bytes",
    ),
    ("WARN", "dfs.FSDataset", "Unexpected error trying to delete block {block}. BlockInfo not found in volumeMap."),
    (
        "INFO",
        "dfs.DataNode$BlockReceiver",
        "Changing block file offset of block {block} from {num} to {num} meta file offset to {num}",
    ),
    ("WARN", "dfs.PendingReplicationBlocks$Monitor", "PendingReplicationMonitor timed out block {block}"),
    ("INFO", "dfs.FSDataset", "Reopening Block {block}"),
    ("INFO", "dfs.DataBlockScanner", "Adding an already existing block {block}"),
    ("WARN", "dfs.DataNode", "Slow BlockReceiver write packet to mirror took {ms} (threshold={ms}) for {block}"),
    ("INFO", "dfs.StateChange", "NameSystem.completeFile: file {path} is closed by client_{num}"),
    (
        "ERROR",
        "dfs.DataNode$DataXceiver",
        "{ip}:{port}:DataXceiver: java.net.SocketTimeoutException: {num} millis timeout while waiting for channel",
    ),
    ("INFO", "dfs.LeaseManager", "Lease of client_{num} on {path} has been idle for {ms}, recovering"),
    ("INFO", "dfs.Balancer", "Moved {block} of size {big} from {ip}:{port} to {ip}:{port} through {host}"),
    ("INFO", "dfs.FSNamesystem", "Number of under-replicated blocks = {num}, scheduled for replication = {num}"),
];

/// The number of statements.
pub(crate) const COUNT: usize = STATEMENTS.len();

/// Lines without or with the header `yymmdd hhmmss pid LEVEL component: `.
pub(crate) fn write(lines: usize, seed: u64, with_header: bool, out: &mut Vec<u8>) {
    let mut random = Random::new(seed);
    // Seconds of a day, 9 November; a few hundred lines share one.
    let mut second = 73_000_u64;
    for _ in 0..lines {
        let (level, component, shape) = STATEMENTS[random.skewed(COUNT, 4)];
        if with_header {
            second = (second + u64::from(random.below(300) == 0)) % 86_400;
            let (hour, minute, rest) = (second / 3600, second / 60 % 60, second % 60);
            let pid = random.between(13, 29_999);
            // Writing into a vector cannot fail.
            let _ = write!(out, "081109 {hour:02}{minute:02}{rest:02} {pid} {level} {component}: ");
        }
        fill(shape, &mut random, out);
        out.push(b'\n');
    }
}
