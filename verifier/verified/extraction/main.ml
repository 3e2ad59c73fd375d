(* The native checker: what __main__.py does, in OCaml.  Unverified: it reads bytes into lists and
   writes the outcome. *)
module Big = Z
open Checker

let list_of_string s =
  let rec go i acc = if i < 0 then acc else go (i - 1) (Big.of_int (Char.code s.[i]) :: acc) in
  go (String.length s - 1) []
let string_of_list l = String.of_seq (Seq.map (fun c -> Char.chr (Big.to_int c)) (List.to_seq l))
let hex n = "\"" ^ Big.format "%x" n ^ "\""
let array l = "[" ^ String.concat ", " l ^ "]"

let rec members () =
  match In_channel.input_line stdin with
  | None -> []
  | Some head ->
    let at = String.rindex head ' ' in
    let size = int_of_string (String.sub head (at + 1) (String.length head - at - 1)) in
    let data = really_input_string stdin size in
    let name = String.sub head 0 at in
    (list_of_string name, list_of_string data) :: members ()

let answer a =
  array (List.map hex
    [ a.points_from; a.points_to; a.probability_from.qnum; a.probability_from.qden;
      a.probability_to.qnum; a.probability_to.qden ])
let refused code at = Printf.sprintf "{\"word\": \"invalid\", \"code\": [\"%s\"], \"at\": %s}" code (array (List.map hex at))
let spoken = function
  | Accepted r ->
    Printf.sprintf "{\"word\": \"accepted\", \"all\": %s, \"trusted\": %s}" (answer r.if_all) (answer r.if_trusted)
  | Malformed _ -> "{\"word\": \"malformed\"}"
  | Invalid (NotFound entry) ->
    Printf.sprintf "{\"word\": \"invalid\", \"code\": [\"NotFound\"], \"member\": \"%s\", \"at\": []}"
      (String.concat "" (List.map (fun c -> Printf.sprintf "\\u%04x" (Big.to_int c)) entry))
  | Invalid (NotProved why) ->
    match why with
    | DoesNotFit -> refused "DoesNotFit" []
    | StepFails n -> refused "StepFails" [n]
    | SplitFails n -> refused "SplitFails" [n]
    | ProofTooShort -> refused "ProofTooShort" []
    | ProofTooLong -> refused "ProofTooLong" []
    | WitnessFails n -> refused "WitnessFails" [n]
    | Contradicted -> refused "Contradicted" []

let () =
  if Array.length Sys.argv > 1 then print_endline Version.text
  else begin
    set_binary_mode_in stdin true;
    let line = Option.value (In_channel.input_line stdin) ~default:"" in
    let names = List.filter (fun s -> s <> "") (String.split_on_char '\t' line) in
    print_endline (spoken (checked (List.map list_of_string names) (members ())))
  end
