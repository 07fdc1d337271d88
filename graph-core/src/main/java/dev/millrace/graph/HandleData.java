package dev.millrace.graph;

/**
 * What is known of the value behind a resource handle, or of the elements of a tensor list.
 *
 * @param dtype the element type
 * @param shape the shape, as far as known
 */
public record HandleData(DataType dtype, Shape shape) {}
