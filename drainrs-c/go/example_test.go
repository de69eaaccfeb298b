package drainrs_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"strings"
	"time"

	"drainrs"
)

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func Example() {
	miner := must(drainrs.NewMiner(nil))
	defer miner.Close()
	for _, line := range []string{"disk 1 is full", "disk 2 is full", "user 17 logged in from 10.0.0.7"} {
		hit := must(miner.Insert([]byte(line)))
		if hit.Change == drainrs.Created {
			fmt.Println("new:", must(miner.TemplateText(hit.Template)))
		}
	}
	// Output:
	// new: disk <NUM> is full
	// new: user <NUM> logged in from <IP>
}

// Many lines in one call, with the values that stand in the places of their templates.
func ExampleMiner_InsertStrings() {
	miner := must(drainrs.NewMiner(nil))
	defer miner.Close()
	lines := []string{"user 17 logged in from 10.0.0.7", "disk 2 is full"}
	hits := drainrs.Hits{WithParameters: true}
	if err := miner.InsertStrings(lines, &hits); err != nil {
		log.Fatal(err)
	}
	names := must(miner.ClassNames())
	for at, line := range lines {
		fmt.Println("template", hits.Templates[at])
		for parameter := range hits.Parameters(at) {
			fmt.Printf("  %s %s\n", names[parameter.Class], parameter.In([]byte(line)))
		}
	}
	// Output:
	// template 1
	//   NUM 17
	//   IP 10.0.0.7
	// template 2
	//   NUM 2
}

// What was learned outlives the process.
func ExampleRestoreMiner() {
	miner := must(drainrs.NewMiner(nil))
	must(miner.Insert([]byte("disk 1 is full")))
	snapshot := must(miner.Snapshot())
	miner.Close()

	again := must(drainrs.RestoreMiner(snapshot, nil, drainrs.AdoptOtherSettings))
	defer again.Close()
	fmt.Println(must(again.Insert([]byte("disk 2 is full"))).Change)
	// Output: unchanged
}

// Settings are JSON; an error says where they are wrong.
func ExampleError() {
	_, err := drainrs.NewMiner([]byte(`{"mine": {"similarity_threshold": "high"}}`))
	var wrong *drainrs.Error
	if errors.As(err, &wrong) {
		fmt.Println(wrong.Code, wrong.Path)
	}
	fmt.Println(errors.Is(err, drainrs.CodeConfig))
	// Output:
	// config mine.similarity_threshold
	// true
}

// Raw lines: stack traces are joined, headers are read.
func ExamplePipeline_ReadFrom() {
	pipeline := must(drainrs.NewPipeline(nil))
	defer pipeline.Close()
	text := "2026-01-02T03:04:05Z INFO user 17 logged in\n" +
		"2026-01-02T03:04:06Z ERROR charge for ord-1 failed after 30 ms\n"
	each := func(events *drainrs.Events) error {
		for at := range events.Len() {
			fmt.Println(events.Levels[at], must(pipeline.TemplateText(events.Templates[at])))
		}
		return nil
	}
	must(pipeline.ReadFrom(context.Background(), strings.NewReader(text), nil, each))
	// Output:
	// info user <NUM> logged in
	// error charge for ord-<NUM> failed after <NUM> ms
}

// Records, whose headers somebody else has read: a collector's.
func ExamplePipeline_PushRecords() {
	pipeline := must(drainrs.NewPipeline([]byte(`{"filter": {"min_level": "info"}}`)))
	defer pipeline.Close()
	now := time.Unix(1767323045, 0)
	records := drainrs.Records{Service: "shop"}
	records.Add([]byte("user 17 logged in"), now.UnixNano(), drainrs.LevelInfo)
	records.Add([]byte("cache miss"), drainrs.NoTime, drainrs.LevelDebug)
	var events drainrs.Events
	if err := pipeline.PushRecords(&records, now, &events); err != nil {
		log.Fatal(err)
	}
	fmt.Println(events.Templates, events.Changes)
	// Output: [1 0] [created skipped_below_level]
}

func ExampleRedactor() {
	redactor := must(drainrs.NewRedactor(nil))
	defer redactor.Close()
	fmt.Println(must(redactor.Redact([]byte("login of alice@example.com"))))
	// Output: login of <EMAIL_1>
}
