"""Names that a model file may use: Keras' own layers and functions, and TensorFlow ops that only compute.

What is not listed is refused by name before the file is loaded; adding a name here means having read what it does.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


LAYERS = _words(
    """
    Activation ActivityRegularization AdaptiveAveragePooling1D AdaptiveAveragePooling2D AdaptiveAveragePooling3D
    AdaptiveMaxPooling1D AdaptiveMaxPooling2D AdaptiveMaxPooling3D Add AdditiveAttention AlphaDropout Attention AugMix
    AutoContrast Average AveragePooling1D AveragePooling2D AveragePooling3D BatchNormalization Bidirectional
    CategoryEncoding CenterCrop Concatenate Conv1D Conv1DTranspose Conv2D Conv2DTranspose Conv3D Conv3DTranspose
    ConvLSTM1D ConvLSTM2D ConvLSTM3D Cropping1D Cropping2D Cropping3D CutMix Dense DepthwiseConv1D DepthwiseConv2D
    Discretization Dot Dropout ELU EinsumDense Embedding Equalization Flatten GRU GRUCell GaussianDropout
    GaussianNoise GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D GlobalMaxPooling1D
    GlobalMaxPooling2D GlobalMaxPooling3D GroupNormalization GroupQueryAttention HashedCrossing Hashing Identity
    InputLayer IntegerLookup LSTM LSTMCell LayerNormalization LeakyReLU LocallyConnected1D LocallyConnected2D Masking
    MaxPooling1D MaxPooling2D MaxPooling3D Maximum MelSpectrogram Minimum MixUp MultiHeadAttention Multiply
    Normalization PReLU Permute Pipeline RMSNormalization RNN RandAugment RandomBrightness RandomColorDegeneration
    RandomColorJitter RandomContrast RandomCrop RandomElasticTransform RandomErasing RandomFlip RandomGaussianBlur
    RandomGrayscale RandomHeight RandomHue RandomInvert RandomPerspective RandomPosterization RandomRotation
    RandomSaturation RandomSharpness RandomShear RandomTranslation RandomWidth RandomZoom ReLU RepeatVector Rescaling
    Reshape Resizing ReversibleEmbedding STFTSpectrogram SeparableConv1D SeparableConv2D SimpleRNN SimpleRNNCell
    Softmax Solarization SpatialDropout1D SpatialDropout2D SpatialDropout3D SpectralNormalization StackedRNNCells
    StringLookup Subtract SyncBatchNormalization TextVectorization ThresholdedReLU TimeDistributed UnitNormalization
    UpSampling1D UpSampling2D UpSampling3D ZeroPadding1D ZeroPadding2D ZeroPadding3D Functional Model Sequential
    """
)

CODE_LAYERS = {
    "Lambda": "runs Python code that is stored in the file",
    "__lambda__": "runs Python code that is stored in the file",
    "TFSMLayer": "loads another SavedModel from a path",
    "TorchModuleWrapper": "unpickles a PyTorch module",
    "JaxLayer": "runs Python code that is stored in the file",
    "FlaxLayer": "runs Python code that is stored in the file",
    "TensorFlowOpLayer": "runs any TensorFlow op that the file names",
}
"""Layers of Keras' own that can do anything at all, and what they do."""

CONFIG_CLASSES = _words(
    """
    Constant GlorotNormal GlorotUniform HeNormal HeUniform IdentityInitializer Identity LecunNormal LecunUniform Ones
    Orthogonal OrthogonalInitializer RandomNormal RandomUniform STFT STFTInitializer TruncatedNormal VarianceScaling
    Zeros L1 L1L2 L2 OrthogonalRegularizer MaxNorm MinMaxNorm NonNeg UnitNorm DTypePolicy DTypePolicyMap
    FloatDTypePolicy Policy SeedGenerator Generator __keras_tensor__ __numpy__ __tensor__ __tuple__ __ellipsis__
    __bytes__ __none__ __slice__ __complex__ __tensorshape__ TensorShape
    """
)
"""Initializers, regularizers, constraints, dtype policies and the markers by which Keras writes plain values."""

FUNCTIONS = _words(
    """
    celu elu exponential gelu glu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh leaky_relu linear
    log_sigmoid log_softmax mish relu relu6 selu sigmoid silu soft_shrink softmax softplus softsign sparse_plus
    sparse_sigmoid sparsemax squareplus swish tanh tanh_shrink threshold
    """
)

TF_FUNCTIONS = _words(
    """
    abs add add_n argmax argmin cast ceil clip_by_value concat constant_initializer cos divide equal exp expand_dims
    fill floor gather greater greater_equal identity less less_equal logical_and logical_not logical_or matmul maximum
    minimum multiply negative not_equal one_hot ones ones_like pad pow range rank reduce_max reduce_mean reduce_min
    reduce_prod reduce_sum repeat reshape reverse round rsqrt shape sigmoid sin slice split sqrt square squeeze stack
    strided_slice subtract tanh tile transpose truediv unstack where zeros zeros_like
    """
)
"""Functions of the `tf` namespace itself that a TFOpLambda may name; all of tf.math and tf.nn are allowed too."""

_ARITHMETIC = """
    Abs AccumulateNV2 Acos Acosh Add AddN AddV2 All Angle Any ApproximateEqual ArgMax ArgMin Asin Asinh Atan Atan2
    Atanh BatchMatMul BatchMatMulV2 BatchMatMulV3 BesselI0e BesselI1e Betainc Bincount BitwiseAnd BitwiseOr BitwiseXor
    Bucketize Ceil Cholesky ClipByValue Complex ComplexAbs Conj ConjugateTranspose Cos Cosh Cross Cumprod Cumsum
    CumulativeLogsumexp DenseBincount Diag DiagPart Digamma Div DivNoNan Einsum Equal Erf Erfc Erfinv EuclideanNorm
    Exp Expm1 FFT FFT2D FFT3D Floor FloorDiv FloorMod Greater GreaterEqual HistogramFixedWidth IFFT IFFT2D IFFT3D
    IRFFT IRFFT2D IRFFT3D Igamma Igammac Imag InTopK InTopKV2 Inv Invert InvertPermutation IsFinite IsInf IsNan L2Loss
    LeftShift Less LessEqual Lgamma LinSpace Log Log1p LogMatrixDeterminant LogSoftmax LogicalAnd LogicalNot LogicalOr
    LogicalXor MatMul MatrixBandPart MatrixDeterminant MatrixDiag MatrixDiagPart MatrixDiagPartV2 MatrixDiagPartV3
    MatrixDiagV2 MatrixDiagV3 MatrixInverse MatrixSetDiag MatrixSetDiagV2 MatrixSetDiagV3 MatrixSolve MatrixSquareRoot
    MatrixTriangularSolve Max Maximum Mean Min Minimum Mod Mul MulNoNan Neg NextAfter NotEqual NthElement Polygamma
    PopulationCount Pow Prod Qr RFFT RFFT2D RFFT3D Range Real RealDiv Reciprocal RightShift Rint Round Rsqrt
    SegmentMax SegmentMean SegmentMin SegmentProd SegmentSum SelfAdjointEigV2 Sigmoid Sign Sin Sinh Softplus Softsign
    Sqrt Square SquaredDifference StopGradient Sub Sum Svd Tan Tanh TopK TopKV2 TruncateDiv TruncateMod
    UnsortedSegmentMax UnsortedSegmentMin UnsortedSegmentProd UnsortedSegmentSum Xdivy Xlog1py Xlogy Zeta
"""
_LAYER_OPS = """
    AvgPool AvgPool3D BiasAdd BiasAddV1 BlockLSTM BlockLSTMV2 Conv2D Conv2DBackpropInput Conv2DBackpropInputV2 Conv3D
    Conv3DBackpropInputV2 DataFormatDimMap DataFormatVecPermute DepthwiseConv2dNative
    DepthwiseConv2dNativeBackpropInput Dilation2D Elu FakeQuantWithMinMaxArgs FakeQuantWithMinMaxVars
    FakeQuantWithMinMaxVarsPerChannel FusedBatchNorm FusedBatchNormV2 FusedBatchNormV3 FusedPadConv2D
    FusedResizeAndPadConv2D GRUBlockCell LRN LSTMBlockCell LeakyRelu MaxPool MaxPool3D MaxPoolV2 MaxPoolWithArgmax
    Prelu QuantizeAndDequantizeV2 QuantizeAndDequantizeV3 QuantizeAndDequantizeV4 Relu Relu6 Selu Softmax
    SoftmaxCrossEntropyWithLogits SparseSoftmaxCrossEntropyWithLogits _FusedConv2D _FusedMatMul
    FusedDepthwiseConv2dNative
"""
_ARRAY_OPS = """
    BatchToSpace BatchToSpaceND Bitcast BroadcastArgs BroadcastTo Cast Concat ConcatOffset ConcatV2 Const DepthToSpace
    Dequantize DynamicPartition DynamicStitch Empty EnsureShape ExpandDims ExtractImagePatches ExtractVolumePatches
    Fill Gather GatherNd GatherV2 GuaranteeConst Identity IdentityN ListDiff LowerBound MirrorPad OneHot OnesLike Pack
    Pad PadV2 ParallelDynamicStitch Placeholder PlaceholderV2 PlaceholderWithDefault PreventGradient Rank Reshape
    Reverse ReverseSequence ReverseV2 Roll ScatterNd ScatterNdNonAliasingAdd Select SelectV2 Shape ShapeN Size Slice
    Snapshot SpaceToBatch SpaceToBatchND SpaceToDepth Split SplitV Squeeze StridedSlice StridedSliceGrad
    TensorScatterAdd TensorScatterMax TensorScatterMin TensorScatterSub TensorScatterUpdate TensorStridedSliceUpdate
    Tile Transpose Unique UniqueV2 UniqueWithCounts Unpack UnravelIndex UpperBound Where ZerosLike
"""
_IMAGE_AND_SIGNAL_OPS = """
    AdjustContrastv2 AdjustHue AdjustSaturation AudioSpectrogram CombinedNonMaxSuppression CropAndResize DecodeBmp
    DecodeImage DecodeJpeg DecodePng ExtractGlimpse HSVToRGB ImageProjectiveTransformV2 ImageProjectiveTransformV3
    Mfcc NonMaxSuppression NonMaxSuppressionV2 NonMaxSuppressionV3 NonMaxSuppressionV4 NonMaxSuppressionV5
    NonMaxSuppressionWithOverlaps RGBToHSV ResizeArea ResizeBicubic ResizeBilinear ResizeNearestNeighbor
    SampleDistortedBoundingBoxV2 ScaleAndTranslate
"""
_CONTROL_AND_STATE_OPS = """
    Assert AssignAddVariableOp AssignSubVariableOp AssignVariableOp Assign AssignAdd AssignSub Case CheckNumerics
    DisableCopyOnRead CheckNumericsV2 ControlTrigger EmptyTensorList Enter Exit FakeParam If LoopCond Merge
    NextIteration NoOp PartitionedCall ReadVariableOp RefEnter RefExit RefIdentity RefMerge RefNextIteration RefSwitch
    ResourceGather ResourceGatherNd ResourceScatterAdd ResourceScatterUpdate StatefulPartitionedCall StatelessCase
    StatelessIf StatelessWhile Switch TensorArrayCloseV3 TensorArrayConcatV3 TensorArrayGatherV3 TensorArrayReadV3
    TensorArrayScatterV3 TensorArraySizeV3 TensorArraySplitV3 TensorArrayV3 TensorArrayWriteV3 TensorListConcat
    TensorListConcatV2 TensorListElementShape TensorListFromTensor TensorListGather TensorListGetItem TensorListLength
    TensorListPopBack TensorListPushBack TensorListReserve TensorListResize TensorListScatter
    TensorListScatterIntoExistingList TensorListScatterV2 TensorListSetItem TensorListSplit TensorListStack
    VarHandleOp VarIsInitializedOp Variable VariableV2 VariableShape While MutableDenseHashTableV2 HashTable
    HashTableV2 LookupTableExportV2 LookupTableFindV2 LookupTableImportV2 LookupTableInsertV2 LookupTableSizeV2
    InitializeTableV2 MutableHashTableV2
"""
_RANDOM_OPS = """
    Multinomial RandomGamma RandomPoissonV2 RandomShuffle RandomStandardNormal RandomUniform RandomUniformInt
    RngReadAndSkip RngSkip StatefulStandardNormalV2 StatefulTruncatedNormal StatefulUniform StatefulUniformFullInt
    StatefulUniformInt StatelessMultinomial StatelessRandomGetAlg StatelessRandomGetKeyCounter
    StatelessRandomGetKeyCounterAlg StatelessRandomNormal StatelessRandomNormalV2 StatelessRandomUniform
    StatelessRandomUniformFullInt StatelessRandomUniformFullIntV2 StatelessRandomUniformInt
    StatelessRandomUniformIntV2 StatelessRandomUniformV2 StatelessSampleDistortedBoundingBox StatelessShuffle
    StatelessTruncatedNormal StatelessTruncatedNormalV2 TruncatedNormal
"""
_STRING_AND_SPARSE_OPS = """
    AsString DecodeBase64 DecodeRaw EncodeBase64 ReduceJoin RegexFullMatch RegexReplace ShardedFilename
    SparseFillEmptyRows SparseReshape SparseSegmentMean SparseSegmentSqrtN SparseSegmentSum SparseTensorDenseAdd
    SparseTensorDenseMatMul SparseToDense StaticRegexFullMatch StaticRegexReplace StringFormat StringJoin StringLength
    StringLower StringSplit StringSplitV2 StringStrip StringToHashBucket StringToHashBucketFast
    StringToHashBucketStrong StringToNumber StringUpper Substr UnicodeDecode UnicodeEncode ParseExample ParseExampleV2
    ParseSingleExample RaggedTensorToTensor RaggedRange RaggedGather RaggedTensorToVariant RaggedTensorFromVariant
"""
OPS = _words(
    _ARITHMETIC
    + _LAYER_OPS
    + _ARRAY_OPS
    + _IMAGE_AND_SIGNAL_OPS
    + _CONTROL_AND_STATE_OPS
    + _RANDOM_OPS
    + _STRING_AND_SPARSE_OPS
)
"""TensorFlow ops that compute from their inputs and the model's own variables, and touch nothing else."""

SAVE_OPS = frozenset(("SaveV2", "MergeV2Checkpoints", "SaveSlices", "Save"))
RESTORE_OPS = frozenset(("RestoreV2", "Restore", "RestoreSlice"))
