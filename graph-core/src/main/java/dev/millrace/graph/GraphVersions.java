package dev.millrace.graph;

import java.util.List;

/** The versions that a graph definition carries, as TensorFlow's {@code VersionDef} does. */
public record GraphVersions(int producer, int minConsumer, List<Integer> badConsumers) {
  public GraphVersions {
    badConsumers = List.copyOf(badConsumers);
  }
}
