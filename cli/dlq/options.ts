export interface DlqOptions {
  json?: boolean;
}

export interface ListOptions extends DlqOptions {
  limit: number;
}

export interface RedriveOptions extends DlqOptions {
  all?: boolean;
}
