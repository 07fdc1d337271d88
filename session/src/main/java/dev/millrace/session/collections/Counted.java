package dev.millrace.session.collections;

/**
 * A value of a run that counts who holds it, so that its memory can be used again when nobody does.
 * What is not counted is left to the garbage collector. For one thread at a time.
 */
public interface Counted {
  /** One more holds this. */
  void retain();

  /** One less holds this; the last one frees it. */
  void release();
}
