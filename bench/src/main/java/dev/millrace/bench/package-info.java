/**
 * Benchmarks: workloads, which are whole graphs with data ({@code bin/millrace workload}), and JMH
 * measurements of single steps ({@code bin/millrace jmh}).
 */
package dev.millrace.bench;
