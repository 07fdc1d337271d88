package dev.millrace.ops;

/** Which of several shards of a table has the row of an id. */
public enum PartitionStrategy {
  /**
   * Shard {@code id % shards}: of 13 ids in 5 shards [0,5,10], [1,6,11], [2,7,12], [3,8], [4,9].
   */
  MOD,
  /** Ids in sequence: [0,1,2], [3,4,5], [6,7,8], [9,10], [11,12]. */
  DIV
}
