package dev.millrace.session;

/**
 * What a session has compiled so far. A plan is compiled for each combination of feeds, fetches and
 * targets, and a segment of it is specialised for each combination of input shapes: where the
 * shapes that are fed vary, both numbers should stop growing much faster than the shapes do.
 *
 * @param plans plans compiled
 * @param specializations segments specialised for shapes
 * @param arenaBytes off-heap memory that plans hold for intermediate values
 */
public record PlanStatistics(long plans, long specializations, long arenaBytes) {}
