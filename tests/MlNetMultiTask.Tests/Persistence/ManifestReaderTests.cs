using System.Text;
using CsCheck;
using MlNetMultiTask.Persistence;

namespace MlNetMultiTask.Tests.Persistence;

/// <summary>Manifests: whatever is wrong in one is a FormatException that names the place.</summary>
public sealed class ManifestReaderTests
{
    [Fact]
    public void Values_are_read_by_name()
    {
        ManifestReader reader = Parse("""
            {"text": "ä", "yes": true, "no": false, "whole": 7, "real": 0.1, "sizes": [3, 1], "reals": [0.5, -2e3], "texts": ["a", ""],
             "object": {"whole": -1}, "objects": [{"text": "x"}, {"text": "y"}], "nothing": null}
            """);

        Assert.Equal("ä", reader.GetString("text"));
        Assert.True(reader.GetBoolean("yes"));
        Assert.False(reader.GetBoolean("no"));
        Assert.Equal(7, reader.GetInt32("whole", 7, 7));
        Assert.Equal(0.1f, reader.GetSingle("real"));
        Assert.Equal([3, 1], reader.GetSizes("sizes"));
        Assert.Equal([0.5f, -2000f], reader.GetOptionalSingles("reals")!);
        Assert.Equal(["a", ""], reader.GetStrings("texts"));
        Assert.Equal(-1, reader.GetObject("object").GetInt32("whole", -1, 1));
        Assert.Equal(["x", "y"], reader.GetObjects("objects").Select(item => item.GetString("text")));
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("absent")]
    public void Optional_values_may_be_absent_or_null(string name)
    {
        ManifestReader reader = Parse("""{"nothing": null}""");

        Assert.Null(reader.GetOptionalString(name));
        Assert.Null(reader.GetOptionalSingle(name));
        Assert.Null(reader.GetOptionalSingles(name));
        Assert.Null(reader.GetOptionalObject(name));
    }

    /// <summary>Every way of asking, for a value that is not of the type asked for.</summary>
    public static TheoryData<string, string, string> WrongValues => new()
    {
        { "text", "1", "a text" },
        { "text", "null", "a text" },
        { "text", "\"\\ud800\"", "a text" },
        { "optional text", "[]", "a text" },
        { "boolean", "\"true\"", "true or false" },
        { "boolean", "null", "true or false" },
        { "whole", "0", "a whole number from 1 to 5" },
        { "whole", "6", "a whole number from 1 to 5" },
        { "whole", "1.5", "a whole number from 1 to 5" },
        { "whole", "99999999999", "a whole number from 1 to 5" },
        { "whole", "\"3\"", "a whole number from 1 to 5" },
        { "real", "1e39", "a finite number" },
        { "real", "\"NaN\"", "a finite number" },
        { "optional real", "true", "a finite number" },
        { "sizes", "3", "an array" },
        { "sizes", "[1, 0]", "an array of whole numbers of 1 or more" },
        { "sizes", "[1.5]", "an array of whole numbers of 1 or more" },
        { "sizes", "[2147483648]", "an array of whole numbers of 1 or more" },
        { "reals", "{}", "an array" },
        { "reals", "[1, null]", "an array of finite numbers" },
        { "reals", "[1e39]", "an array of finite numbers" },
        { "texts", "[\"a\", 1]", "an array of texts" },
        { "texts", "[\"\\udfff\"]", "an array of texts" },
        { "object", "[]", "an object" },
        { "optional object", "3", "an object" },
        { "objects", "[{}, 1]", "an array of objects" },
        { "objects", "null", "an array" },
    };

    [Theory]
    [MemberData(nameof(WrongValues))]
    public void A_wrong_value_is_a_format_error_that_names_its_path(string way, string json, string expected)
    {
        string document = $$"""{"outer": [{}, {"inner": {"it": {{json}} } }]}""";
        ManifestReader inner = Parse(document).GetObjects("outer")[1].GetObject("inner");

        var error = Assert.Throws<FormatException>(() => Ask(inner, way));

        Assert.Contains("'outer[1].inner.it'", error.Message, StringComparison.Ordinal);
        Assert.Contains($"must have {expected} at", error.Message, StringComparison.Ordinal);
        Assert.Null(error.InnerException);
    }

    [Theory]
    [InlineData("text")]
    [InlineData("boolean")]
    [InlineData("whole")]
    [InlineData("real")]
    [InlineData("sizes")]
    [InlineData("texts")]
    [InlineData("object")]
    [InlineData("objects")]
    public void A_value_that_is_needed_and_absent_is_a_format_error_that_names_it(string way) =>
        Assert.Contains("'it'", Assert.Throws<FormatException>(() => Ask(Parse("{}"), way)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{} {}")]
    [InlineData("[]")]
    [InlineData("1")]
    [InlineData("null")]
    [InlineData("// {}")]
    public void What_is_not_one_JSON_object_is_a_format_error(string text) =>
        Assert.Contains("manifest is not", Assert.Throws<FormatException>(() => Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Nesting_is_bounded()
    {
        static string Nest(int depth) => string.Concat(Enumerable.Repeat("{\"a\":", depth)) + "1" + new string('}', depth);

        Parse(Nest(32));
        Assert.Throws<FormatException>(() => Parse(Nest(33)));
    }

    [Fact]
    public void Text_that_is_not_UTF8_is_a_format_error()
    {
        byte[] document = [.. "{\"it\": \""u8, 0xff, 0xfe, .. "\"}"u8];

        Assert.Throws<FormatException>(() => ManifestReader.Parse(document).GetString("it"));
    }

    [Fact]
    public void A_name_that_is_not_valid_text_is_a_format_error()
    {
        ManifestReader reader = Parse("{\"it\": 1, \"\\ud800\": 2}");

        Assert.Contains("'it'", Assert.Throws<FormatException>(() => reader.GetSingle("it")).Message, StringComparison.Ordinal);
    }

    /// <summary>Damage of any kind gives a format error or a value, and never another exception.</summary>
    [Fact]
    public void Damaged_bytes_are_never_another_error_than_a_format_error()
    {
        byte[] document = Encoding.UTF8.GetBytes("""{"it": "text\u00e4", "x": [{"it": "y"}], "it2": [1, 2.5e3, true, null]}""");
        Gen.Select(Gen.Int[0, document.Length - 1], Gen.Byte).Array[1, 3].Sample(
            changes =>
            {
                byte[] damaged = [.. document];
                foreach ((int position, byte value) in changes)
                {
                    damaged[position] = value;
                }

                Exception? error = Record.Exception(() =>
                {
                    ManifestReader reader = ManifestReader.Parse(damaged);
                    _ = reader.GetOptionalString("it");
                    _ = reader.GetObjects("x").Select(item => item.GetOptionalString("it")).ToArray();
                });
                Assert.True(error is null or FormatException, error?.ToString());
            },
            iter: 3000);
    }

    [Fact]
    public void A_reader_says_what_is_invalid_at_a_place()
    {
        string message = Parse("""{"a": {"b": 1}}""").GetObject("a").Invalid("b", "a key type").Message;

        Assert.Contains("a key type at 'a.b'", message, StringComparison.Ordinal);
    }

    private static ManifestReader Parse(string json) => ManifestReader.Parse(Encoding.UTF8.GetBytes(json));

    private static object? Ask(ManifestReader reader, string way) => way switch
    {
        "text" => reader.GetString("it"),
        "optional text" => reader.GetOptionalString("it"),
        "boolean" => reader.GetBoolean("it"),
        "whole" => reader.GetInt32("it", 1, 5),
        "real" => reader.GetSingle("it"),
        "optional real" => reader.GetOptionalSingle("it"),
        "sizes" => reader.GetSizes("it"),
        "reals" => reader.GetOptionalSingles("it"),
        "texts" => reader.GetStrings("it"),
        "object" => reader.GetObject("it"),
        "optional object" => reader.GetOptionalObject("it"),
        "objects" => reader.GetObjects("it"),
        _ => throw new ArgumentOutOfRangeException(nameof(way)),
    };
}
