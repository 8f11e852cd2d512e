package event

// ResourceProfileAdded says what executors and tasks of some stages ask for.
// Profile 0 is the application's own.
type ResourceProfileAdded struct {
	ID        int
	Executors map[string]ResourceRequest // by name: cores, memory, offHeap, ...
	Tasks     map[string]ResourceRequest // by name: cpus, gpu, ...
}

// ResourceRequest is how much of a resource is asked for: whole numbers for
// executors, memory in MiB; tasks may share one.
type ResourceRequest struct {
	Name                    string
	Amount                  float64
	DiscoveryScript, Vendor string
}

// SpeculativeTaskSubmitted says that a copy of a slow task was asked for. Spark
// itself does not log it, but listeners that write logs of their own do.
type SpeculativeTaskSubmitted struct {
	StageID, StageAttempt int
	Index, PartitionID    int // -1: not known
}

// MergedReads are what a task read of blocks that push-based shuffle had merged.
type MergedReads struct {
	CorruptChunks, Fallbacks  int64 // chunks that were damaged, fetches of the original blocks instead
	RemoteBlocks, LocalBlocks int64
	RemoteChunks, LocalChunks int64
	RemoteBytes, LocalBytes   int64
	RemoteRequests            int64 // milliseconds over all requests
}

// Add adds other to m.
func (m *MergedReads) Add(other *MergedReads) {
	m.CorruptChunks += other.CorruptChunks
	m.Fallbacks += other.Fallbacks
	m.RemoteBlocks += other.RemoteBlocks
	m.LocalBlocks += other.LocalBlocks
	m.RemoteChunks += other.RemoteChunks
	m.LocalChunks += other.LocalChunks
	m.RemoteBytes += other.RemoteBytes
	m.LocalBytes += other.LocalBytes
	m.RemoteRequests += other.RemoteRequests
}

func (ResourceProfileAdded) event()     {}
func (SpeculativeTaskSubmitted) event() {}
