using System.Numerics;
using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMultiTask.Tasks;

/// <summary>The getters of output columns: they read a buffer of scores [rows x K] at the row where a cursor stands.</summary>
internal static class ScoreGetters
{
    private static readonly MethodInfo _bestKey = typeof(ScoreGetters).GetMethod(nameof(BestKeyAs), BindingFlags.NonPublic | BindingFlags.Static)!;

    public static Delegate Scalar(float[] scores, Func<int> row) =>
        (ValueGetter<float>)((ref float value) => value = scores[row()]);

    public static Delegate Probability(float[] scores, Func<int> row) =>
        (ValueGetter<float>)((ref float value) => value = Sigmoid(scores[row()]));

    /// <summary>The decision compares the very number that the probability column shows.</summary>
    public static Delegate Decision(float[] scores, float threshold, Func<int> row) =>
        (ValueGetter<bool>)((ref bool value) => value = Sigmoid(scores[row()]) >= threshold);

    public static Delegate Vector(float[] scores, int count, Func<int> row) =>
        (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) =>
        {
            ReadOnlySpan<float> source = scores.AsSpan(row() * count, count);
            VBufferEditor<float> editor = VBufferEditor.Create(ref value, count);
            source.CopyTo(editor.Values);
            value = editor.Commit();
        });

    public static Delegate Decisions(float[] scores, float[] thresholds, Func<int> row) =>
        (ValueGetter<VBuffer<bool>>)((ref VBuffer<bool> value) =>
        {
            int count = thresholds.Length;
            ReadOnlySpan<float> source = scores.AsSpan(row() * count, count);
            VBufferEditor<bool> editor = VBufferEditor.Create(ref value, count);
            for (int i = 0; i < count; i++)
            {
                editor.Values[i] = source[i] >= thresholds[i];
            }

            value = editor.Commit();
        });

    /// <summary>The key of the highest score; the first of equals; the missing key where scores are NaN.</summary>
    public static Delegate BestKey(Type keyType, float[] scores, int count, Func<int> row) =>
        TypedCall.Invoke<Delegate>(_bestKey, keyType, scores, count, row);

    private static ValueGetter<T> BestKeyAs<T>(float[] scores, int count, Func<int> row)
        where T : INumberBase<T> =>
        (ref T value) =>
        {
            ReadOnlySpan<float> source = scores.AsSpan(row() * count, count);
            int best = TaskMath.IndexOfMaximum(source);
            value = float.IsNaN(source[best]) ? T.Zero : T.CreateChecked(best + 1);
        };

    public static float Sigmoid(float logOdds) => (float)(1.0 / (1.0 + Math.Exp(-(double)logOdds)));
}
