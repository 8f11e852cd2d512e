package profiler

// Tasks is the table of a stage's task attempts.
type Tasks struct{}

type fold struct{}
