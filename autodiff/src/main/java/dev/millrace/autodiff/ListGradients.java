package dev.millrace.autodiff;

/** Gradients of lists of tensors. */
public final class ListGradients implements GradientProvider {
  @Override
  public void register(GradientRegistry r) {
    for (String type :
        new String[] {
          "EmptyTensorList", "TensorListReserve", "TensorListLength", "TensorListElementShape"
        }) {
      r.notDifferentiable(type, "it depends on no tensor's values");
    }
    for (String type :
        new String[] {
          "TensorListFromTensor",
          "TensorListScatter",
          "TensorListScatterV2",
          "TensorListScatterIntoExistingList",
          "TensorListSplit",
          "TensorListPushBack",
          "TensorListPushBackBatch",
          "TensorListPopBack",
          "TensorListSetItem",
          "TensorListGetItem",
          "TensorListResize",
          "TensorListStack",
          "TensorListGather",
          "TensorListConcat",
          "TensorListConcatV2",
          "TensorListConcatLists"
        }) {
      r.undefined(type, "gradients through lists of tensors are not known yet");
    }
  }
}
