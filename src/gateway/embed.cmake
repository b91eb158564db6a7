# Writes INPUT as a string constant into the source file OUTPUT.
file(READ ${INPUT} text)
# One raw literal may be 64 KiB long at most.
string(LENGTH "${text}" length)
set(pieces "")
set(at 0)
while(at LESS length)
  string(SUBSTRING "${text}" ${at} 8000 piece)
  string(APPEND pieces "R\"~~~(${piece})~~~\"\n")
  math(EXPR at "${at} + 8000")
endwhile()
file(WRITE ${OUTPUT} "#include \"gateway/contract.h\"\n\nnamespace xf::gateway {\n\nextern const std::string_view kContract =\n${pieces};\n\n}  // namespace xf::gateway\n")
