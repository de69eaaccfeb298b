package otelprocessor

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"drainrs"
)

func TestRecordsGetTemplateIDAndParameters(t *testing.T) {
	h := started(t, configured())
	out := h.process(logsOf("cart", "user 17 logged in from 10.0.0.1 to 10.0.0.2"))

	attributes := recordsIn(out)[0].Attributes().AsRaw()
	id := attributes[idKey]
	require.Regexp(t, "^[0-9a-f]{16}$", id)
	require.Equal(t, map[string]any{
		templateKey:           "user <NUM> logged in from <IP> to <IP>",
		idKey:                 id,
		parameterKey + "NUM":  "17",
		parameterKey + "IP":   "10.0.0.1",
		parameterKey + "IP_2": "10.0.0.2",
	}, attributes)
	h.requireIdentity()
}

func TestTemplatesAreThoseOfTheEngine(t *testing.T) {
	lines := []string{"user 17 logged in", "connected to 10.0.0.1:443", "user 18 logged in", "pool is empty"}
	pipeline, err := drainrs.NewPipeline(nil)
	require.NoError(t, err)
	defer pipeline.Close()
	var records drainrs.Records
	for _, line := range lines {
		records.Add([]byte(line), drainrs.NoTime, drainrs.LevelUnknown)
	}
	events := drainrs.Events{WithContentIDs: true}
	require.NoError(t, pipeline.PushRecords(&records, noon, &events))

	out := started(t, configured()).process(logsOf("cart", lines...))
	for i, number := range events.Templates {
		text, err := pipeline.TemplateText(number)
		require.NoError(t, err)
		require.Equal(t, text, texts(out, templateKey)[i])
		require.Equal(t, drainrs.ContentID(events.ContentIDs[i]).String(), texts(out, idKey)[i])
	}
}

func TestABatchShowsTemplatesAsTheyStandBehindIt(t *testing.T) {
	h := started(t, configured())
	var bodies []string
	for _, name := range []string{"anna", "berta", "clara", "dora", "emma", "frida", "greta"} {
		bodies = append(bodies, "session of "+name+" was closed by the server")
	}
	together := h.process(logsOf("cart", bodies...))
	ids := map[string]string{}
	for i, text := range texts(together, templateKey) {
		require.Equal(t, "session of <*> was closed by the server", text)
		if other, there := ids[text]; there {
			require.Equal(t, other, texts(together, idKey)[i])
		}
		ids[text] = texts(together, idKey)[i]
	}
	after := h.process(logsOf("cart", bodies[0]))
	require.Equal(t, texts(together, templateKey)[6], texts(after, templateKey)[0])
	require.Equal(t, texts(together, idKey)[6], texts(after, idKey)[0])
}

func TestMaskingRulesNameParameters(t *testing.T) {
	h := started(t, configured(func(cfg *Config) {
		cfg.MaskingRules = []MaskingRule{{Name: "order", Pattern: `ord-\d+`}}
	}))
	out := h.process(logsOf("cart", "ord-17 placed"))
	require.Equal(t, []string{"<order> placed"}, texts(out, templateKey))
	require.Equal(t, []string{"ord-17"}, texts(out, parameterKey+"order"))
}

func TestAMaskMaySpanWhiteSpace(t *testing.T) {
	h := started(t, configured(func(cfg *Config) {
		cfg.MaskingRules = []MaskingRule{{Name: "id", Pattern: `id: \d+`}}
	}))
	out := h.process(logsOf("cart", "request id: 333 done"))
	require.Equal(t, []string{"request <id> done"}, texts(out, templateKey))
	require.Equal(t, []string{"id: 333"}, texts(out, parameterKey+"id"))
}

func TestExtraDelimitersSplitTokens(t *testing.T) {
	h := started(t, configured(func(cfg *Config) {
		cfg.ExtraDelimiters, cfg.EmitWildcards = []string{":"}, true
		cfg.MaskingRules = []MaskingRule{{Name: "ip", Pattern: `(\d{1,3}\.){3}\d{1,3}`}}
	}))
	var out plog.Logs
	for _, name := range []string{"alpha", "beta", "gamma", "delta", "epsilon"} {
		out = h.process(logsOf("cart", "connected to host:"+name+" from 8.8.8.8"))
	}
	require.Equal(t, []string{"connected to host <*> from <ip>"}, texts(out, templateKey))
	require.Equal(t, []string{"8.8.8.8"}, texts(out, parameterKey+"ip"))
	require.Equal(t, []string{`["epsilon"]`}, texts(out, "log.record.template.wildcards"))
}

func TestAPlaceHasOneNameWhateverItsValuesLookLike(t *testing.T) {
	h := started(t, configured(func(cfg *Config) { cfg.EmitWildcards = true }))
	hex, digits := "added product 2983 to cart d2894408cfa6", "added product 2873 to cart 773124210110"
	out := h.process(logsOf("cart", hex))
	require.Equal(t, "added product <NUM> to cart <HEX>", texts(out, templateKey)[0])
	require.Equal(t, "d2894408cfa6", texts(out, parameterKey+"HEX")[0])

	id := texts(out, idKey)[0]
	for range 2 {
		out = h.process(logsOf("cart", digits, hex))
		for i := range 2 {
			require.Equal(t, "added product <NUM> to cart <*>", texts(out, templateKey)[i], "a text follows its places")
			require.Equal(t, id, texts(out, idKey)[i])
			require.Len(t, recordsIn(out)[i].Attributes().AsRaw(), 4)
		}
		require.Equal(t, []string{"2873", "2983"}, texts(out, parameterKey+"NUM"))
		require.Equal(t, []string{`["773124210110"]`, `["d2894408cfa6"]`}, texts(out, "log.record.template.wildcards"))
	}
}

func TestKeysOfPlaces(t *testing.T) {
	keys := newParameterKeys(configured(), []string{"*", "NUM", "IP"})
	require.Equal(t,
		[]string{"", parameterKey + "NUM", parameterKey + "IP", parameterKey + "NUM_2"},
		keys.ofPlaces("<init> of <*>: <<NUM>> from <IP>:<NUM> <"))
	none := newParameterKeys(configured(func(cfg *Config) { cfg.ParameterKeyPrefix = "" }), []string{"*", "NUM"})
	require.Nil(t, none.ofPlaces("<NUM>"))
	require.Equal(t, parameterKey+"NUM_12", keys.key(1, 11))
}

func TestParametersOfStackTracesAreThoseOfTheirSummary(t *testing.T) {
	h := started(t, configured())
	trace := "price of sku 79715 is wrong\nTraceback (most recent call last):\n" +
		"  File \"/srv/feed.py\", line 41, in parse_price\nValueError: 12,50 in row 77"
	out := h.process(logsOf("catalog", trace, "row 5 read"))
	require.NotEmpty(t, texts(out, templateKey)[0])
	require.Equal(t, "row <NUM> read", texts(out, templateKey)[1])
	require.Equal(t, "5", texts(out, parameterKey+"NUM")[1])
	for key, value := range recordsIn(out)[0].Attributes().All() {
		if key != templateKey && key != idKey {
			require.Contains(t, trace, value.AsString(), key)
		}
	}
	h.requireIdentity()
}

func TestWildcardsAreAListIfAsked(t *testing.T) {
	names := []string{"anna", "berta", "clara", "dora", "emma", "frida", "greta", "hanna"}
	for _, asked := range []bool{false, true} {
		h := started(t, configured(func(cfg *Config) { cfg.EmitWildcards = asked }))
		var out plog.Logs
		for _, name := range names {
			out = h.process(logsOf("cart", "session of "+name+" was closed by the server"))
		}
		require.Equal(t, []string{"session of <*> was closed by the server"}, texts(out, templateKey))
		list, there := recordsIn(out)[0].Attributes().Get("log.record.template.wildcards")
		require.Equal(t, asked, there)
		if asked {
			require.Equal(t, []any{"hanna"}, list.Slice().AsRaw())
		}
	}
}

func TestUnnamedAttributesAreNotWritten(t *testing.T) {
	h := started(t, configured(func(cfg *Config) {
		cfg.TemplateAttribute, cfg.ParameterKeyPrefix = "", ""
		cfg.TemplateIDAttribute = "id"
	}))
	out := h.process(logsOf("cart", "user 17 logged in"))
	require.Len(t, recordsIn(out)[0].Attributes().AsRaw(), 1)
	require.Len(t, texts(out, "id")[0], 16)
}

func TestBodies(t *testing.T) {
	text := func(value pcommon.Value) { value.SetStr("user 17 logged in\n") }
	in := func(fill func(pcommon.Map)) func(pcommon.Value) {
		return func(value pcommon.Value) { fill(value.SetEmptyMap()) }
	}
	for name, one := range map[string]struct {
		field  string
		body   func(pcommon.Value)
		reason int
	}{
		"text":                       {"", text, -1},
		"text though a field is set": {"message", text, -1},
		"field":                      {"message", in(func(m pcommon.Map) { m.PutStr("message", "user 17 logged in") }), -1},
		"no such field":              {"message", in(func(m pcommon.Map) { m.PutStr("msg", "user 17 logged in") }), skippedNoText},
		"map without a field set":    {"", in(func(m pcommon.Map) { m.PutStr("message", "x") }), skippedNoText},
		"number":                     {"", func(value pcommon.Value) { value.SetInt(17) }, skippedNoText},
		"bytes":                      {"", func(value pcommon.Value) { value.SetEmptyBytes().Append(1) }, skippedNoText},
		"nothing":                    {"", func(pcommon.Value) {}, skippedEmpty},
		"newlines only":              {"", func(value pcommon.Value) { value.SetStr("\r\n\n") }, skippedEmpty},
	} {
		t.Run(name, func(t *testing.T) {
			h := started(t, configured(func(cfg *Config) { cfg.BodyField = one.field }))
			logs := logsOf("cart", "")
			one.body(recordsIn(logs)[0].Body())
			before := recordsIn(logs)[0].Body().AsRaw()

			out := h.process(logs)
			require.Equal(t, before, recordsIn(out)[0].Body().AsRaw())
			if one.reason < 0 {
				require.Equal(t, []string{"user <NUM> logged in"}, texts(out, templateKey))
			} else {
				require.Zero(t, recordsIn(out)[0].Attributes().Len())
				require.EqualValues(t, 1, h.count("records_skipped", attributeOfReason(one.reason)))
			}
			h.requireIdentity()
		})
	}
}
