package job_test

import (
	"context"
	"fmt"

	"slipway/engine/job"
	"slipway/engine/model"
)

// A job is one thing that takes a while. It says how far it is, can be cancelled, and ends in one of three ways; who
// shows it looks at its View.
func ExampleJobs_Start() {
	jobs := job.New("example")
	defer jobs.Close()
	pull := func(ctx context.Context, r *job.Report) (model.Fact, error) {
		r.Phase(model.Say("example.unpacking"))
		return model.Say("example.pulled"), ctx.Err()
	}
	j, _ := jobs.Start(job.Spec{Title: model.Say("example.pull")}, pull)
	<-j.Done()
	v := j.View()
	fmt.Println(v.State, v.Result.Code)
	// Output: done example.pulled
}
