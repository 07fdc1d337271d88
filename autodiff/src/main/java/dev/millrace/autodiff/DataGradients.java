package dev.millrace.autodiff;

import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import java.util.List;

/** Queues, readers, tables and so on: values that come from elsewhere have no gradient. */
public final class DataGradients implements GradientProvider {
  private static final String ELSEWHERE =
      "its result comes from what the session keeps, not from its inputs";
  private static final String TEXT = "its result comes from text or bytes, which have no gradient";

  /** Beginnings of the names of the types on what a session keeps. */
  private static final List<String> SHARED =
      List.of(
          "Queue",
          "Reader",
          "LookupTable",
          "InitializeTable",
          "AccumulatorApply",
          "AccumulatorNum",
          "AccumulatorSet",
          "AccumulatorTake",
          "ResourceAccumulator",
          "SparseAccumulator",
          "Barrier",
          "Stage",
          "Unstage");

  private static final String[] MAKERS = {
    "FIFOQueue",
    "PaddingFIFOQueue",
    "RandomShuffleQueue",
    "PriorityQueue",
    "WholeFileReader",
    "IdentityReader",
    "TextLineReader",
    "TFRecordReader",
    "FixedLengthRecordReader",
    "HashTable",
    "MutableHashTable",
    "MutableHashTableOfTensors",
    "MutableDenseHashTable"
  };

  private static final String[] OTHERS = {
    "FakeQueue",
    "ConditionalAccumulator",
    "ResourceConditionalAccumulator",
    "SparseConditionalAccumulator",
    "MutexV2",
    "MutexLock",
    "ConsumeMutexLock",
    "GetSessionHandle",
    "GetSessionHandleV2",
    "GetSessionTensor",
    "DeleteSessionTensor"
  };

  private static final String[] TEXTS = {
    "ReadFile",
    "WriteFile",
    "MatchingFiles",
    "DecodeRaw",
    "DecodeCompressed",
    "DecodeCSV",
    "ParseTensor",
    "SerializeTensor",
    "ParseExample",
    "ParseSingleExample",
    "ParseSingleSequenceExample",
    "ParseSequenceExample",
    "UnicodeTranscode",
    "UnicodeDecode",
    "UnicodeDecodeWithOffsets",
    "UnicodeEncode"
  };

  private static final String[] SUMMARIES = {
    "ScalarSummary",
    "HistogramSummary",
    "ImageSummary",
    "AudioSummary",
    "AudioSummaryV2",
    "TensorSummary",
    "TensorSummaryV2",
    "MergeSummary"
  };

  @Override
  public void register(GradientRegistry r) {
    for (OpDef d : OpRegistry.global().all()) {
      if (SHARED.stream().anyMatch(d.name()::startsWith)) {
        r.notDifferentiable(d.name(), ELSEWHERE);
      }
    }
    for (String type : MAKERS) {
      r.notDifferentiable(type, "it has no inputs that are numbers");
      r.notDifferentiable(type + "V2", "it has no inputs that are numbers");
    }
    for (String type : OTHERS) {
      r.notDifferentiable(type, ELSEWHERE);
    }
    for (String type : TEXTS) {
      r.notDifferentiable(type, TEXT);
    }
    for (String type : SUMMARIES) {
      r.notDifferentiable(type, "a summary is text for reports");
    }
    r.add("Print", Rules::passToFirst);
    r.notDifferentiable("PrintV2", "it has an effect, but no result");
  }
}
