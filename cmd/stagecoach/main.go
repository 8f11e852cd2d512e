// Command stagecoach profiles, explains and tunes partitioned data jobs.
package main

func main() {}
