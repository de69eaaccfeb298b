package drainrs

import (
	"drainrs/internal/abi"
)

// OnOtherSettings is what to do with a snapshot that was taken under other settings than the ones given.
type OnOtherSettings uint32

const (
	// RefuseOtherSettings fails, and names each setting that differs.
	RefuseOtherSettings OnOtherSettings = abi.OtherSettingsRefuse
	// AdoptOtherSettings goes on under the settings of the snapshot.
	AdoptOtherSettings OnOtherSettings = abi.OtherSettingsAdopt
)

// Miner takes messages without headers, and gives each its template.
type Miner struct {
	templates
}

var minerTemplates = templateFunctions{
	text: abi.MinerTemplateText, one: abi.MinerTemplate, all: abi.MinerTemplates,
	classNames: abi.MinerClassNames, seed: abi.MinerSeed, snapshot: abi.MinerSnapshot,
	find: abi.MinerFind, explain: abi.MinerExplain, lineage: abi.MinerPollLineage,
}

func newMiner(make abi.Func, documents [][]byte, numbers ...uint64) (*Miner, error) {
	m := &Miner{templates{functions: &minerTemplates}}
	return opened(m, m.open(make, abi.MinerFree, documents, numbers...))
}

// NewMiner builds a miner from a document of settings, such as {"mine": {"similarity_threshold": 0.5}}; nil is the default.
func NewMiner(config []byte) (*Miner, error) {
	return newMiner(abi.MinerNew, [][]byte{config})
}

// RestoreMiner builds a miner that goes on where a snapshot was taken, by a program in any language.
func RestoreMiner(snapshot, config []byte, on OnOtherSettings) (*Miner, error) {
	return newMiner(abi.MinerRestore, [][]byte{snapshot, config}, uint64(on))
}

// NewMinerFromDrain3 builds a miner that goes on where a Drain3 installation stopped: state is what its persistence wrote, read as
// data, never run. The config is best taken from its ini file, see [Drain3Config].
func NewMinerFromDrain3(state, config []byte) (*Miner, error) {
	return newMiner(abi.MinerFromDrain3State, [][]byte{state, config})
}

// Drain3Config turns the text of a drain3.ini into the settings of a miner that gives the results of Drain3.
func Drain3Config(ini string) ([]byte, error) {
	lib, err := newLibrary()
	if err != nil {
		return nil, err
	}
	defer lib.close()
	addresses, err := lib.give([]byte(ini))
	if err != nil {
		return nil, err
	}
	return lib.document(abi.ConfigFromDrain3Ini, addresses[0], uint64(len(ini)))
}

// Insert mines a line: finds or founds its template and counts the line.
func (m *Miner) Insert(line []byte) (hit Hit, err error) {
	err = m.use(func(lib *library) error {
		at, err := lib.give(line)
		if err != nil {
			return err
		}
		err = lib.do(abi.MinerInsert, lib.object, at[0], uint64(len(line)), lib.place(placeResult), lib.place(placeSecond))
		if err != nil {
			return err
		}
		hit = Hit{lib.uint64(placeResult), Change(lib.byte(placeSecond))}
		return nil
	})
	return hit, err
}

// InsertBatch mines many lines. The hits get an entry per line; nil if nobody wants to know.
func (m *Miner) InsertBatch(lines [][]byte, hits *Hits) error {
	return m.insert(hits, func(lib *library) (batch, error) { return giveLines(lib, lines) })
}

// InsertStrings is InsertBatch for texts.
func (m *Miner) InsertStrings(lines []string, hits *Hits) error {
	return m.insert(hits, func(lib *library) (batch, error) { return giveLines(lib, lines) })
}

// InsertBuffer is InsertBatch for lines that are one buffer already: line i ends before data[ends[i]] and begins where the line
// before it ends.
func (m *Miner) InsertBuffer(data []byte, ends []uint32, hits *Hits) error {
	return m.insert(hits, func(lib *library) (batch, error) { return giveBuffer(lib, data, ends) })
}

func (m *Miner) insert(hits *Hits, give func(*library) (batch, error)) error {
	return m.use(func(lib *library) error {
		into, err := hits.object(lib)
		if err != nil {
			return err
		}
		lines, err := give(lib)
		if err != nil {
			return err
		}
		err = lib.do(abi.MinerInsertBatch, lib.object, lines.data, lines.size, lines.ends, uint64(lines.count), into)
		if err != nil {
			return err
		}
		return hits.read(lib)
	})
}

// ShardKey is a number by which lines are dealt out to miners so that those of one template meet: lines with the same key go to the
// same miner.
func (m *Miner) ShardKey(line []byte) (uint64, error) {
	return m.number(abi.MinerShardKey, line)
}

// TemplateByContent is a template by its content id; nil if there is none.
func (m *Miner) TemplateByContent(id ContentID) (*Template, error) {
	return decoded[*Template](m.document(abi.MinerTemplateByContent, nil, uint64(id)))
}

// Config is the settings that the miner has: those given, completed by defaults, or those of an adopted snapshot.
func (m *Miner) Config() ([]byte, error) { return m.document(abi.MinerConfig, nil) }

// Stats tells how the miner stands.
func (m *Miner) Stats() (MinerStats, error) {
	return decoded[MinerStats](m.document(abi.MinerStats, nil))
}

// Merge takes in what another miner with equal settings has learned, and gives for each template there the one here. The other stays
// as it is.
func (m *Miner) Merge(other *Miner) (map[uint64]uint64, error) {
	if other == nil {
		return nil, wrongArgument("other", "must be a miner, is nil")
	}
	if m == other {
		return nil, wrongArgument("other", "must be another miner than the one that takes it in")
	}
	// The two may live in different memories: what goes over is the state. So no goroutine ever holds two miners.
	snapshot, err := other.Snapshot()
	if err != nil {
		return nil, err
	}
	var moved struct{ IDs [][2]uint64 }
	err = m.use(func(lib *library) error {
		copied, err := lib.construct(abi.MinerRestore, [][]byte{snapshot, nil}, abi.OtherSettingsAdopt)
		if err != nil {
			return err
		}
		defer lib.release(abi.MinerFree, copied)
		moved, err = decoded[struct{ IDs [][2]uint64 }](lib.document(abi.MinerMerge, lib.object, copied))
		return err
	})
	if err != nil {
		return nil, err
	}
	here := make(map[uint64]uint64, len(moved.IDs))
	for _, pair := range moved.IDs {
		here[pair[0]] = pair[1]
	}
	return here, nil
}
