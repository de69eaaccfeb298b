package otelprocessor

import "drainrs"

// shown is a template as it is written to records. It does not change: a template that widens gets another one.
type shown struct {
	content uint64
	text    string
	id      string
	// The keys of its parameters.
	places []string
}

func newShown(content uint64, text string, keys parameterKeys) *shown {
	return &shown{content, text, drainrs.ContentID(content).String(), keys.ofPlaces(text)}
}

// known is what a service remembers of a template of its engine.
type known struct {
	// What was written last, nil if nothing was yet.
	shown *shown
	// The content id as of the latest record, and whether its text was asked for since then.
	latest uint64
	asked  bool
	repeat repeat
}

// mostKnown bounds what is remembered: numbers of templates that made room are never seen again.
const mostKnown = 1 << 16

// templates are the templates of an engine by their numbers there.
type templates map[uint64]*known

func (t templates) know(number uint64) *known {
	k, there := t[number]
	if !there {
		if len(t) >= mostKnown {
			clear(t)
		}
		k = &known{}
		t[number] = k
	}
	return k
}

// of gives the templates of a batch, one per record, nil where there is none. The text of each is asked for once per batch: it may
// change though the id stays, when a place shows another kind of values. All records of a batch show their template as it stands
// behind the batch, or else texts and ids would not belong together: the engine tells the ids per record, and the texts when it is
// asked.
func (t templates) of(b *batch, engine engine, keys parameterKeys) ([]*known, error) {
	found := make([]*known, len(b.records))
	for i, number := range b.events.Templates {
		if number != 0 {
			found[i] = t.know(number)
			found[i].latest, found[i].asked = b.events.ContentIDs[i], false
		}
	}
	var gone []int
	for i, k := range found {
		if k == nil {
			continue
		}
		if !k.asked {
			text, err := engine.TemplateText(b.events.Templates[i])
			if err != nil {
				return nil, err
			}
			k.update(text, keys)
		}
		if k.shown == nil {
			gone = append(gone, i)
		}
	}
	if len(gone) == 0 {
		return found, nil
	}
	return found, t.findHeirs(gone, found, b, engine, keys)
}

// update takes the text of the template as it stands; of one that is gone it is empty.
func (k *known) update(text string, keys parameterKeys) {
	k.asked = true
	same := k.shown != nil && k.shown.content == k.latest && k.shown.text == text
	if text != "" && !same {
		k.shown = newShown(k.latest, text, keys)
	}
}

// findHeirs finds the templates of records whose own are gone already: what began as several templates was found to be one, within
// the same batch. That happens while an engine is new. The templates that took their lines over are asked for.
func (t templates) findHeirs(gone []int, found []*known, b *batch, engine engine, keys parameterKeys) error {
	for _, i := range gone {
		number, there, err := engine.Find(b.mined(i))
		if err != nil {
			return err
		}
		if !there {
			continue
		}
		heir, err := engine.Template(number)
		if err != nil {
			return err
		}
		found[i] = t.know(number)
		found[i].shown = newShown(uint64(heir.ContentID), heir.Text, keys)
	}
	return nil
}

// mined is the text in which the engine has found record i's parameters.
func (b *batch) mined(i int) []byte {
	if b.events.WithTexts {
		return b.events.MinedText(i)
	}
	from, to := span(b.slab.Ends, i)
	return b.slab.Data[from:to]
}
