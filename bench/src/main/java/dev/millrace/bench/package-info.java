/** Benchmarks: JMH kernels and whole training workloads. */
package dev.millrace.bench;
