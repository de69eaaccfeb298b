//! A stream like the messages of booting kernels: short lines, thousands of different statements, none very frequent.

use std::collections::BTreeSet;

use super::phrase::{Holes, statement};
use super::random::Random;
use super::shape::fill;

const DRIVERS: [&str; 60] = [
    "acpi",
    "ahci",
    "alps",
    "amdgpu",
    "ath9k",
    "battery",
    "bcache",
    "btusb",
    "cfi",
    "cpufreq",
    "crypto",
    "dmar",
    "dmi",
    "drm",
    "e1000e",
    "edac",
    "efi",
    "ehci_hcd",
    "ext4",
    "fbcon",
    "floppy",
    "gpio",
    "hid",
    "hpet",
    "i2c",
    "i915",
    "igb",
    "input",
    "iommu",
    "ipmi",
    "iwlwifi",
    "jbd2",
    "kvm",
    "libata",
    "loop",
    "lp",
    "md",
    "mei",
    "microcode",
    "mmc",
    "nvme",
    "ohci",
    "parport",
    "pci",
    "pcieport",
    "pnp",
    "ppp",
    "psmouse",
    "raid6",
    "random",
    "rtc",
    "scsi",
    "sdhci",
    "serial",
    "snd",
    "tpm",
    "uhci_hcd",
    "usbcore",
    "vmxnet3",
    "xhci_hcd",
];

/// Shapes in the way of real messages; each is repeated for every driver that it names.
const COMMON: [&str; 8] = [
    "usb {digit}-{digit}: new high-speed USB device number {digit} using DRIVER",
    "DRIVER 0000:{bus}: enabling device (0000 -> 0002)",
    "DRIVER: module license taints kernel.",
    "DRIVER 0000:{bus}: irq {num} for MSI/MSI-X",
    "input: DRIVER as /devices/pci0000:00/0000:{bus}/input{digit}",
    "DRIVER{digit}: Link is Up - {num}Mbps/Full",
    "DRIVER: probe of {bus} failed with error -{digit}",
    "Initializing DRIVER subsystem",
];

/// What a driver says on its own, besides [`COMMON`].
const OWN: usize = 76;

/// Statements of a kernel, most frequent first.
pub(crate) fn statements(seed: u64) -> Vec<String> {
    let mut random = Random::new(seed);
    let holes = Holes { values: &["{num}", "{hex}", "{bus}", "{digit}", "[{hex}]", "{mac}"], groups: (1, 2) };
    let mut all = BTreeSet::new();
    for driver in DRIVERS {
        all.extend(COMMON.map(|shape| shape.replace("DRIVER", driver)));
        for _ in 0..OWN {
            let unit = random.pick(&["", "{digit}", " 0000:{bus}"]);
            all.insert(format!("{driver}{unit}: {}", statement(&mut random, &holes)));
        }
    }
    // The set has dropped repetitions; now put it into an order that has nothing to do with the alphabet.
    let mut all: Vec<String> = all.into_iter().collect();
    for at in (1..all.len()).rev() {
        all.swap(at, random.below(at as u64 + 1) as usize);
    }
    all
}

/// Lines of a kernel's stream.
pub(crate) fn write(lines: usize, seed: u64, out: &mut Vec<u8>) -> usize {
    let statements = statements(seed);
    let mut random = Random::new(seed ^ 1);
    for _ in 0..lines {
        fill(&statements[random.skewed(statements.len(), 2)], &mut random, out);
        out.push(b'\n');
    }
    statements.len()
}
