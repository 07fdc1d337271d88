package dev.millrace.session.plan;

/**
 * What a compiler is told of the session.
 *
 * @param cpus the number of virtual CPU devices
 * @param softPlacement whether nodes that ask for a device that is not there run on the CPU
 * @param logPlacement whether the place of every node is logged
 * @param simplify whether the passes that only make a plan cheaper run
 */
public record CompilerOptions(
    int cpus, boolean softPlacement, boolean logPlacement, boolean simplify) {}
