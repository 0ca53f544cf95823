// Made by scripts/generate from the Go structs. Do not edit.

export type Code = "bad_request" | "unknown_method" | "internal" | "key_missing" | "key_refused" | "keyring" | "account_blocked" | "unreachable" | "provider" | "balance_too_low" | "out_of_stock" | "price_changed" | "catalogue_stale" | "limit_order" | "limit_day" | "limits_unset" | "intent_expired" | "intent_unknown" | "unresolved" | "order_not_found" | "code_received" | "refund_failed" | "not_cancellable" | "too_many_calls" | "outcome_unknown" | "journal" | "pairing" | "recovering" | "key_replaced" | "dismissed" | "hand_over" | "no_room" | "decide_there" | "busy";

export type Connection = "unpaired" | "pairing" | "connecting" | "silent" | "stranger" | "locked" | "other_version" | "unknown_client" | "ready";

export type Do = "open" | "section" | "product" | "search" | "filter" | "window" | "fresher" | "compare" | "favour" | "ask_key" | "second" | "auto_fill" | "notify" | "give_back" | "quote" | "sort" | "buy" | "back" | "dismiss" | "order" | "fill_number" | "fill_code" | "fill_this" | "fill" | "cancel" | "decide" | "reveal" | "refresh" | "pair" | "port" | "name" | "forget" | "restart" | "unlearn" | "boost_check" | "boost_cancel";

export type EffectKind = "connect" | "send" | "close" | "store" | "erase" | "store_field_overrides" | "store_preferences" | "cache_view" | "notify" | "store_session" | "show" | "icon" | "name" | "describe" | "fill" | "dismiss" | "watch" | "alive" | "wake" | "menu" | "popup" | "give_back";

export type EventKind = "started" | "opened" | "received" | "closed" | "woken" | "heartbeat" | "page_opened" | "page_closed" | "acted" | "named" | "described" | "filled" | "tab_changed" | "tab_closed" | "allowed";

export type Filter = "" | "waiting" | "code" | "over";

export type IntentState = "intended" | "sent" | "unknown" | "bought" | "refused";

export type KeyState = "unchecked" | "ok" | "missing" | "refused" | "blocked" | "locked";

export type Kind = "box" | "header" | "main" | "footer" | "nav" | "fold" | "title" | "heading" | "text" | "button" | "toggle" | "copy" | "link" | "input" | "select" | "form" | "list" | "term" | "command" | "report" | "picture" | "countdown" | "progress" | "busy";

export type NumberKind = "mobile" | "fixed" | "fixed_or_mobile" | "voip";

export type OrderState = "waiting" | "received" | "cancelling" | "refunded" | "expired";

export type Outcome = "" | "kept" | "not_kept" | "no_field" | "no_access" | "left" | "opaque" | "foreign" | "in_frame";

export type Product = "" | "logs" | "boosts";

export type Section = "number" | "orders" | "catalogue";

export type Side = "extension" | "companion";

export type Sort = "" | "stock" | "record";

export type Wanted = "number" | "code" | "app_code" | "recovery_code" | "pin" | "other_code" | "last_digits" | "personal_number" | "captcha";

export interface Message {
  jsonrpc: string;
  id?: number;
  method?: string;
  params?: unknown;
  result?: unknown;
  error?: Error;
}

export interface Error {
  code: Code;
  message: string;
  next?: string;
  provider?: string;
  price?: Money;
  old_price?: Money;
  balance?: Money;
  limit?: Money;
  gave_up?: string;
}

export interface Hello {
  version: string;
  browser: string;
  name: string;
  replaces?: string;
}

export interface Welcome {
  version: string;
  client_id: string;
  paired?: Credentials;
  snapshot: Snapshot;
}

export interface Credentials {
  client_id: string;
  secret: string;
}

export interface Empty {
}

export interface Country {
  id: string;
  name: string;
  short: string;
  calling_code: string;
  region?: string;
}

export interface Countries {
  countries: Country[];
  as_of: string;
}

export interface Search {
  query: string;
  service?: string;
  country_id?: string;
  places?: Place[];
  prefer?: Place[];
  sort?: Sort;
  offset?: number;
  limit: number;
}

export interface Offer {
  service_id: string;
  service_name: string;
  country_id: string;
  country_name: string;
  country_short: string;
  calling_code: string;
  price: Money;
  available: number;
  category?: string;
  record?: DeliveryStats;
}

export interface DeliveryStats {
  orders: number;
  delivered: number;
  seconds?: number;
}

export interface Offers {
  offers: Offer[];
  offset?: number;
  total: number;
  loading: boolean;
  as_of: string;
}

export interface Place {
  country_id: string;
  service_id: string;
}

export interface Areas {
  codes: string[];
}

export interface QuoteRequest {
  country_id: string;
  service_id: string;
  area_codes?: string[];
  replaces?: string;
}

export interface Quote {
  intent: Intent;
  balance: Money;
  balance_after: Money;
  limits: Limits;
  unresolved?: Intent;
}

export interface BuyRequest {
  intent_id: string;
  journal: string;
  price: Money;
}

export interface DecideRequest {
  intent_id: string;
  journal: string;
  order_id?: string;
}

export interface OrderRef {
  order_id: string;
}

export interface ReceivedCode {
  order_id: string;
  code: string;
  message?: string;
  received?: OneTimeCode;
}

export interface ListRequest {
  cursor?: string;
}

export interface OrderPage {
  orders: Order[];
  next?: string;
}

export interface LogCategory {
  id: string;
  name: string;
  description?: string;
  parent?: string;
  price: Money;
  available: number;
}

export interface LogCategoryPage {
  categories: LogCategory[];
  next?: string;
}

export interface LogOrder {
  id: string;
  status: string;
  product_name: string;
  quantity: number;
  total: Money;
  created_at: string;
}

export interface LogOrderPage {
  orders: LogOrder[];
  next?: string;
}

export interface BoostService {
  id: string;
  name: string;
  category: string;
  rate_per_1000: Money;
  min: number;
  max: number;
}

export interface BoostServicePage {
  services: BoostService[];
  next?: string;
}

export interface BoostOrder {
  id: string;
  status: string;
  service_name: string;
  link: string;
  quantity: number;
  price: Money;
  start_count?: number;
  remains?: number;
  refunded: boolean;
  cancellable: boolean;
  created_at: string;
}

export interface BoostOrderPage {
  orders: BoostOrder[];
  next?: string;
}

export interface Number {
  e164: string;
  calling_code: string;
  shared_code?: boolean;
  international: string;
  national: string;
  digits: string;
  region?: string;
  kind?: NumberKind;
  valid: boolean;
}

export interface OneTimeCode {
  code: string;
  written: string;
  text?: string;
  site?: string;
  frame?: string;
  why?: string;
}

export interface Snapshot {
  seq: number;
  host: string;
  sandbox: boolean;
  journal: string;
  wallet?: Wallet;
  orders: Order[];
  intents: Intent[];
  limits: Limits;
  key: Key;
  provider: Provider;
  recovery?: Recovery;
  keep_late?: boolean;
  notifies?: boolean;
}

export interface Change {
  seq: number;
  wallet?: Wallet;
  order?: Order;
  intent?: Intent;
  limits?: Limits;
  key?: Key;
  provider?: Provider;
  recovery?: Recovery;
  keep_late?: boolean;
  notifies?: boolean;
  catalog?: boolean;
}

export interface Wallet {
  balance: Money;
  at: string;
}

export interface Key {
  state: KeyState;
  message?: string;
}

export interface Provider {
  reachable: boolean;
  since: string;
  message?: string;
}

export interface Recovery {
  set_aside?: string;
  at?: string;
  done?: boolean;
}

export interface Limits {
  per_order: Money;
  per_day: Money;
  spent: Money;
  unset?: boolean;
}

export interface Order {
  id: string;
  state: OrderState;
  status: string;
  number: string;
  phone?: Number;
  calling_code?: string;
  service_id: string;
  service_name: string;
  country_id: string;
  country_name: string;
  country_short?: string;
  price: Money;
  code?: string;
  code_ready: boolean;
  message?: string;
  received?: OneTimeCode;
  problem?: Error;
  intent?: string;
  client?: string;
  asked_by?: string[];
  handed?: string[];
  created_at: string;
  deadline: string;
  code_at?: string;
  erased?: boolean;
}

export interface Intent {
  id: string;
  journal: string;
  state: IntentState;
  service_id: string;
  service_name: string;
  country_id: string;
  country_name: string;
  country_short?: string;
  calling_code?: string;
  area_codes?: string[];
  replaces?: string;
  price: Money;
  charged?: Money;
  client?: string;
  order_id?: string;
  problem?: Error;
  created_at: string;
  expires_at: string;
  sent_at?: string;
  next_try?: string;
  asks?: boolean;
  candidates?: Candidate[];
}

export interface Candidate {
  order_id: string;
  number: string;
  phone?: Number;
  price: Money;
  created_at?: string;
}

export interface Money {
  minor: number;
  currency: string;
}

export interface Action {
  do: Do;
  text?: string;
  section?: Section;
  product?: Product;
  country_id?: string;
  service_id?: string;
  area_code?: string;
  order_id?: string;
  intent_id?: string;
  frame?: string;
  frame_id?: number;
  first?: number;
  tab?: Tab;
}

export interface Badge {
  text: string;
  colour: string;
  title: Text;
}

export interface MenuItem {
  title: Text;
  action: Action;
}

export interface Crash {
  at: string;
  event: string;
  cause: string;
  where: string;
}

export interface View {
  title: Text;
  nodes: Node[];
  screen?: string;
  escape?: Action;
}

export interface Node {
  key?: string;
  kind: Kind;
  class?: string;
  text?: Text;
  label?: Text;
  value?: string;
  options?: Option[];
  action?: Action;
  ask?: string;
  disabled?: boolean;
  current?: boolean;
  focus?: boolean;
  pasted?: boolean;
  live?: boolean;
  total?: number;
  first?: number;
  since?: string;
  until?: string;
  children?: Node[];
}

export interface Option {
  value: string;
  text: Text;
}

export interface Text {
  key?: string;
  args?: Arg[];
  plain?: string;
}

export interface Arg {
  plain?: string;
  money?: Amount;
  count?: number;
  time?: string;
  span?: number;
}

export interface Amount {
  decimal: string;
  currency: string;
}

export interface Notification {
  id: string;
  title: Text;
  text: Text;
}

export interface CachedView {
  origin: string;
  here: View;
  frame: View;
}

export interface Tab {
  id: number;
  origin: string;
  host: string;
  service: string;
  guess?: boolean;
}

export interface Fill {
  number?: Outcome;
  code?: Outcome;
  host?: string;
  frames?: string[];
  site?: string;
  bound?: boolean;
  wants?: Wanted;
}

export interface Preferences {
  favourites?: Place[];
  recents?: Place[];
  by_hand?: boolean;
  quiet?: boolean;
  asked?: string[];
}

export interface FormField {
  ref: number;
  form?: number;
  kind: string;
  type?: string;
  name?: string;
  id?: string;
  hints?: string;
  autocomplete?: string;
  input_mode?: string;
  pattern?: string;
  max_length?: number;
  min_length?: number;
  size?: number;
  slots?: number;
  placeholder?: string;
  label?: string;
  description?: string;
  group?: string;
  heading?: string;
  before?: string[];
  after?: string[];
  beside?: string;
  aligned?: string;
  cells?: string[];
  panel?: Panel;
  buttons?: string[];
  image?: string;
  picker?: Picker;
  value?: string;
  visibility: string;
  aria_hidden?: boolean;
  unfocusable?: boolean;
  read_only?: boolean;
  disabled?: boolean;
  focused?: boolean;
  x?: number;
  y?: number;
  w?: number;
  h?: number;
  options?: FormOption[];
}

export interface Picker {
  ref: number;
  text?: string;
  hints?: string;
  region?: string;
}

export interface Panel {
  role: string;
  name?: string;
}

export interface FormOption {
  value: string;
  text: string;
  region?: string;
  selected?: boolean;
}

export interface Step {
  ref: number;
  value: string;
  option: number;
  pick?: string[];
  else?: string[];
  alone?: string;
  unless?: boolean;
  accept?: string[];
}

export interface Frame {
  origin: string;
  name?: string;
  w: number;
  h: number;
}

export interface Page {
  frame: number;
  document?: string;
  origin: string;
  lang: string;
  title: string;
  text: string;
  links?: string[];
  qr_code?: boolean;
  fields: FormField[];
  frames?: Frame[];
}

export interface Plan {
  frame: number;
  document?: string;
  origin: string;
  top: string;
  steps: Step[];
  whole?: string;
  why: string;
  wants?: Wanted;
  overwrites?: boolean;
  considered?: Considered[];
}

export interface Considered {
  frame: number;
  ref: number;
  fields: number;
  called?: string;
  score: number;
  reasons: string[];
}

export interface Report {
  gone?: boolean;
  kept: boolean;
  detail?: string;
}

export interface Signature {
  kind: string;
  type?: string;
  name?: string;
  id?: string;
  label?: string;
  placeholder?: string;
}

export interface Event {
  kind: EventKind;
  now: string;
  version?: string;
  origin?: string;
  browser?: string;
  stored?: Pairing;
  lessons?: { [key: string]: FieldOverride };
  habits?: Preferences;
  notify?: boolean;
  sites?: string[];
  added?: string[];
  offline?: boolean;
  session?: string;
  run?: number;
  crashes?: Crash[];
  interrupted?: boolean;
  socket?: number;
  frame?: string;
  code?: number;
  reason?: string;
  page?: number;
  name?: string;
  action?: Action;
  tab?: number;
  request?: number;
  names?: string[];
  pages?: Page[];
  report?: Report;
}

export interface Pairing {
  client_id: string;
  secret: string;
  port: number;
  name?: string;
}

export interface Answer {
  effects?: Effect[];
  crash?: Crash;
}

export interface Effect {
  do: EffectKind;
  socket?: number;
  url?: string;
  protocol?: string;
  frames?: string[];
  stored?: Pairing;
  lessons?: { [key: string]: FieldOverride };
  habits?: Preferences;
  glance?: CachedView;
  notice?: Notification;
  session?: string;
  page?: number;
  view?: View;
  badge?: Badge;
  menu?: MenuItem[];
  tab?: number;
  request?: number;
  plan?: Plan;
  origin?: string;
  sites?: string[];
  on?: boolean;
  after?: number;
}

export interface FieldOverride {
  at: string;
  number?: Signature;
  code?: Signature;
}
