package dev.millrace.graph;

/** A family of op definitions; found by {@link java.util.ServiceLoader}. */
public interface OpProvider {
  /** Adds the family's definitions to {@code registry}. */
  void register(OpRegistry registry);
}
