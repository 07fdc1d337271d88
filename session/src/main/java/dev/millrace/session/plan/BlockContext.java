package dev.millrace.session.plan;

/**
 * What the blocks of a plan have in common.
 *
 * @param fuse whether element-wise nodes are grouped into programs
 */
record BlockContext(ConstantStore constants, boolean fuse) {}
